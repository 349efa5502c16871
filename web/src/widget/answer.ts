// An answer as a card: sign, title and sentence first, then why, what, each check on demand, and whose answer it is.

import { h, sign, type Child, type Sign } from './draw';
import type { Hub } from './hub';
import { told, type Told } from './outcome';
import type { Answer, Certificate, Check, Lang, Report } from './types';
import { CHECK, dateTime, STATUS } from './words';

export interface Actions {
  /** How deep the title stands: below the element's own heading, where it shows one. */
  level: 'h2' | 'h3';
  save(): void;
  /** None where the element only shows answers. */
  again: (() => void) | null;
  retry(): void;
}

const pick = (lang: Lang, zh: string, en: string): string => (lang === 'en' ? en : zh);

export function card(answer: Answer, hub: Hub, lang: Lang, actions: Actions): HTMLElement {
  const said = told(answer, lang);
  const report = answer.kind === 'report' ? answer.report : null;
  const element = h('article.card', { part: `answer answer-${said.look}`, 'data-look': said.look, 'data-kind': answer.kind, 'data-result': report?.result ?? null });
  element.classList.add(said.look);
  element.append(
    band(said, actions.level),
    h('div.body', { part: 'body' }, ...(answer.kind === 'report' ? ofReport(answer.report, answer.by, lang) : withoutReport(answer)), buttons(answer, hub, lang, actions)),
    whose(answer, hub, lang),
  );
  return element;
}

function band(said: Told, level: Actions['level']): HTMLElement {
  return h('div.band', { part: 'band' },
    sign(said.look),
    h('div.band-text', {},
      said.verdict ? h('span.verdict', { part: 'verdict' }, said.verdict) : null,
      h(`${level}.title`, { part: 'title', tabindex: -1, id: 'title' }, said.title),
      h('p.sentence', { part: 'sentence' }, said.sentence)));
}

function ofReport(report: Report, by: 'hub' | 'browser', lang: Lang): Child[] {
  return [
    report.reasons.length > 0
      ? h('ul.reasons', { part: 'reasons' }, ...report.reasons.map(({ code, message }) => h('li', {}, code === 'TOO_LITTLE_GIVEN' ? inWords(message, lang) : message, ' ', h('code.fine', {}, code))))
      : null,
    report.certificate ? facts(report.certificate, report, by, lang) : null,
    checks(report.checks, lang),
  ];
}

/** The names of arguments, as the form calls them. */
function inWords(message: string, lang: Lang): string {
  const names: Record<string, [string, string]> = { number: ['证照编号', 'number'], holderName: ['持证人姓名或名称', "holder's name"], holderCode: ['持证人证件号码', "holder's code"] };
  return message.replace(/\b(number|holderName|holderCode)\b/g, (name) => pick(lang, ...(names[name] ?? [name, name])));
}

function withoutReport(answer: Answer): Child[] {
  // Why a network fails is told by browsers in words for developers: `detail` of the event has them.
  const detail = answer.kind === 'unreadable' ? answer.message : null;
  return [detail ? h('p.fine', {}, detail) : null];
}

function facts(certificate: Certificate, report: Report, by: 'hub' | 'browser', lang: Lang): HTMLElement {
  const row = (zh: string, en: string, value: Child, kind = ''): Child[] =>
    value ? [h('dt', {}, pick(lang, zh, en)), kind ? h(`dd.${kind}` as 'dd', {}, value) : h('dd', {}, value)] : [];
  const { validFrom, validTo, status } = certificate;
  const term = validFrom || validTo
    ? `${validFrom ?? pick(lang, '签发之日', 'issue')} ${pick(lang, '至', 'to')} ${validTo ?? pick(lang, '长期', 'open-ended')}`
    : null;
  const word = STATUS[report.status ?? status ?? ''];
  return h('dl.facts', { part: 'facts' },
    ...row('证照', 'Certificate', certificate.typeName, 'name'),
    ...row('持证人', 'Holder', certificate.maskedHolder),
    ...row('证照编号', 'Number', certificate.maskedNumber),
    ...row('发证机关', 'Issuer', certificate.issuerName),
    ...row('发证日期', 'Issued on', certificate.issuedOn),
    ...row('有效期', 'Term', term),
    // «Valid» beside «do not rely on it» would only confuse.
    ...(report.genuine === false || !word ? [] : (by === 'hub' ? row('当前状态', 'Status', pick(lang, ...word)) : row('当时状态', 'Status then', pick(lang, ...word)))),
    ...row('出示', 'Presenting', report.holderFrozen && pick(lang, '持证人已挂失：请另行核验出示者身份', 'Reported lost by its holder: ask whoever presents it for another proof of identity')),
    ...row('证照标识', 'Identifier', h('code', {}, certificate.identifier)));
}

const OUTCOME: Record<Check['outcome'], [Sign, string, string, string]> = {
  OK: ['ok', '通过', 'passed', 'ok'],
  FAILED: ['bad', '未通过', 'failed', 'bad'],
  UNKNOWN: ['unsure', '不能确定', 'not known', 'dash'],
  NOT_APPLICABLE: ['dash', '不涉及', 'not asked', 'dash'],
};

/** Those that were not asked are counted, not listed. */
function checks(list: Check[], lang: Lang): HTMLElement | null {
  const asked = list.filter(({ outcome }) => outcome !== 'NOT_APPLICABLE');
  if (asked.length === 0) return null;
  const order: Check['outcome'][] = ['FAILED', 'UNKNOWN', 'OK'];
  asked.sort((one, other) => order.indexOf(one.outcome) - order.indexOf(other.outcome));
  const good = asked.filter(({ outcome }) => outcome === 'OK').length;
  return h('details', { part: 'checks' },
    h('summary', {}, pick(lang, `查看逐项检查（${asked.length} 项，通过 ${good} 项）`, `See each check (${good} of ${asked.length} passed)`)),
    h('ul.checks', {}, ...asked.map(({ name, outcome, detail }) => {
      const [mark, zh, en, tone] = OUTCOME[outcome];
      const words = CHECK[name];
      return h('li', { 'data-check': name, 'data-outcome': outcome },
        h(`span.${tone}` as 'span', {}, sign(mark)),
        h('span', {}, words ? pick(lang, ...words) : name),
        h(`span.${tone}` as 'span', {}, pick(lang, zh, en)),
        detail ? h('span.detail.fine', {}, detail) : null);
    })),
    list.length > asked.length ? h('p.fine', {}, pick(lang, `另有 ${list.length - asked.length} 项与本次验证无关。`, `${list.length - asked.length} further checks do not concern this question.`)) : null);
}

function buttons(answer: Answer, hub: Hub, lang: Lang, actions: Actions): HTMLElement {
  const identifier = answer.kind === 'report' ? answer.report.certificate?.identifier : null;
  const silent = answer.kind === 'unreachable' || answer.kind === 'refused';
  return h('div.actions', { part: 'actions' },
    silent ? h('button.button.main', { type: 'button', part: 'button', onclick: actions.retry }, sign('again'), pick(lang, '现在重试', 'Try again now')) : null,
    identifier && answer.kind === 'report' && answer.by === 'hub' && !location.href.startsWith(hub.page(identifier))
      ? h('a.button', { href: hub.page(identifier), target: '_blank', rel: 'noopener', part: 'button' }, sign('open'), pick(lang, '证照页面', 'Its page'), h('span.visually-hidden', {}, pick(lang, '（新窗口）', ' (new window)')))
      : null,
    silent ? null : h('button.button', { type: 'button', part: 'button', onclick: actions.save }, sign('save'), pick(lang, '保存回执', 'Save receipt')),
    actions.again ? h('button.button', { type: 'button', part: 'button', onclick: actions.again }, sign('again'), pick(lang, '再验一份', 'Another one')) : null);
}

/** Whoever copies this element into a page of his own cannot make the answer come from elsewhere without saying so here. */
function whose(answer: Answer, hub: Hub, lang: Lang): HTMLElement {
  const host = h('strong', {}, hub.host);
  const words = (): Child[] => {
    if (answer.kind === 'report' && answer.by === 'hub') {
      const { verifiedAt, statusAsOf } = answer.report;
      const [at, asOf] = [dateTime(verifiedAt, lang), statusAsOf ? dateTime(statusAsOf, lang) : null];
      const when = at === asOf ? pick(lang, ` · 状态截至 ${at}`, ` · status as of ${at}`) : pick(lang, ` · 验证于 ${at}`, ` · verified at ${at}`);
      return [pick(lang, '答复者：', 'Answered by '), host, when, asOf && asOf !== at ? pick(lang, ` · 状态截至 ${asOf}`, ` · status as of ${asOf}`) : null];
    }
    if (answer.kind === 'report') {
      return [pick(lang, '由本浏览器离线核验，未联网询问 ', 'Checked in this browser, without asking '), host,
        answer.by === 'browser' && answer.trustAsOf ? pick(lang, `；所信任的根证书取自该平台，截至 ${dateTime(answer.trustAsOf, lang)}`, `; trusted roots from that hub as of ${dateTime(answer.trustAsOf, lang)}`) : null];
    }
    if (answer.kind === 'unreachable') return [pick(lang, '尚未得到答复：', 'No answer yet from '), host];
    if (answer.kind === 'elsewhere') return [pick(lang, '没有询问任何人。本组件只向 ', 'Nobody was asked. This element asks only '), host, pick(lang, ' 询问', '')];
    return [pick(lang, '答复者：', 'Answered by '), host];
  };
  return h('p.whose', { part: 'whose' }, sign('hub'), h('span', {}, ...words()));
}
