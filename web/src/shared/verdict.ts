// The verdict on one certificate, as the start page and the page behind a QR code show it.

import { make, type Child } from './element';
import { ask, Refused } from './hub';
import { t } from './language';

export interface Check {
  name: string;
  outcome: 'OK' | 'FAILED' | 'UNKNOWN' | 'NOT_APPLICABLE';
  detail?: string | null;
}

export interface PublicCertificate {
  identifier: string;
  typeName: string;
  maskedNumber?: string | null;
  maskedHolder?: string | null;
  issuerName?: string | null;
  issuedOn?: string | null;
  validFrom?: string | null;
  validTo?: string | null;
  status: string;
}

export interface Report {
  result: 'PASSED' | 'FAILED' | 'INDETERMINATE';
  genuine?: boolean | null;
  status?: string | null;
  gbResult?: number | null;
  verifiedAt: string;
  reasons: { code: string; message: string }[];
  checks: Check[];
  certificate?: PublicCertificate | null;
}

const REPORT = `{
    result genuine status gbResult verifiedAt
    reasons { code message }
    checks { name outcome detail }
    certificate {
      identifier typeName maskedNumber maskedHolder issuerName issuedOn validFrom validTo status
    }
  }`;

export const VERIFY = `query Verify($id: ID!) {
  verifyCertificate(id: $id) ${REPORT}
}`;

const VERIFY_CODE = `query VerifyCode($content: Base64!) {
  report: verifyFile(content: $content) ${REPORT}
}`;

/** The report on a certificate, or on the whole text of a code that was scanned. */
async function reportOn(identifier: string, code: string | null): Promise<Report | null> {
  if (code) return (await ask<{ report: Report | null }>(VERIFY_CODE, { content: btoa(code) })).report;
  return (await ask<{ verifyCertificate: Report | null }>(VERIFY, { id: identifier })).verifyCertificate;
}

/**
 * Verifies and shows the outcome in `place`: by identifier, or by the text of a `code`, if there is one.
 * Resolves to the report, or null when there was none.
 */
export async function showVerdict(place: HTMLElement, identifier: string, code: string | null = null): Promise<Report | null> {
  place.replaceChildren(make('p', { class: 'waiting' }, t('正在验证…', 'Verifying…')));
  place.setAttribute('aria-busy', 'true');
  try {
    const report = await reportOn(identifier, code);
    if (!report) throw new Error(t('枢纽没有给出验证报告', 'The hub gave no report'));
    place.replaceChildren(verdict(report, identifier));
    return report;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    if (code && error instanceof Refused && error.code === 'INVALID_INPUT') {
      place.replaceChildren(card('bad', '✗', t('这不是证照二维码', 'Not the code of a certificate'), [
        make('p', {}, t('二维码的内容不是发证机关签名的格式，请勿采信。', 'What the code says is in no form that an issuer signs. Do not rely on it.')),
        make('p', { class: 'fine' }, said),
      ]));
      return null;
    }
    place.replaceChildren(card('unknown', '?', t('未能完成验证', 'Could not be verified'), [
      make('p', {}, t('没有得到枢纽的答复，这不表示证照无效。', 'The hub did not answer; this says nothing about the certificate.')),
      make('p', { class: 'fine' }, said),
    ]));
    return null;
  } finally {
    place.removeAttribute('aria-busy');
  }
}

function verdict(report: Report, identifier: string): HTMLElement {
  const [tone, symbol, title, meaning] = outcome(report);
  return card(tone, symbol, title, [
    make('p', {}, meaning),
    reasons(report.reasons),
    report.certificate ? facts(report.certificate, report.genuine) : make('dl', { class: 'facts' }, ...fact(t('证照标识', 'Identifier'), identifier)),
    checks(report.checks),
    make('p', { class: 'fine' }, t('验证时间 ', 'Verified at '), time(report.verifiedAt),
      report.gbResult === null || report.gbResult === undefined ? null : ` · GB/T 36906: ${report.gbResult}`),
  ]);
}

// [tone, symbol, title, meaning]: symbol and words carry the verdict, colour only repeats it.
function outcome({ result, genuine, status }: Report): [string, string, string, string] {
  if (result === 'PASSED') {
    return ['good', '✓', t('有效', 'Valid'), t('证照真实，当前可以使用。', 'The certificate is genuine and may be used now.')];
  }
  if (result === 'FAILED' && genuine) {
    return ['caution', '!', `${t('不可使用', 'Not usable')}${t('：', ': ')}${statusWord(status)}`,
      t('证照真实，但当前不可使用。', 'The certificate is genuine, but may not be used now.')];
  }
  if (result === 'FAILED') {
    return ['bad', '✗', t('验证未通过', 'Verification failed'), t('请勿采信此证照。', 'Do not rely on this certificate.')];
  }
  return ['unknown', '?', t('无法判定', 'Cannot be determined'),
    t('依据不足，既不能说有效，也不能说无效。', 'Not enough is known to call it valid or invalid.')];
}

const STATUS: Record<string, [string, string]> = {
  VALID: ['有效', 'valid'],
  NOT_YET_VALID: ['尚未生效', 'not yet valid'],
  SUSPENDED: ['已暂停', 'suspended'],
  EXPIRED: ['已过期', 'expired'],
  REVOKED: ['已吊销', 'revoked'],
  CANCELLED: ['已注销', 'cancelled'],
  TRANSFERRED: ['已转出', 'transferred'],
  SUPERSEDED: ['已被新版替代', 'superseded'],
  OTHER: ['其他', 'other'],
};

export function statusWord(status: string | null | undefined): string {
  const words = status ? STATUS[status] : undefined;
  return words ? t(...words) : (status ?? t('不明', 'unknown'));
}

function card(tone: string, symbol: string, title: string, children: Child[]): HTMLElement {
  const heading = make('h2', { class: 'verdict-title', tabindex: '-1' },
    make('span', { class: 'symbol', 'aria-hidden': 'true' }, symbol), make('span', {}, title));
  return make('article', { class: `verdict ${tone}`, 'data-tone': tone }, heading, ...children);
}

function reasons(list: Report['reasons']): Child {
  if (!list.length) return null;
  return make('ul', { class: 'reasons' }, ...list.map(({ code, message }) => make('li', {}, message, ' ', make('code', {}, code))));
}

function facts(certificate: PublicCertificate, genuine: boolean | null | undefined): HTMLElement {
  const openEnded = certificate.validFrom && !certificate.validTo ? t('长期', 'open-ended') : null;
  return make('dl', { class: 'facts' },
    ...fact(t('证照类型', 'Type'), certificate.typeName),
    ...fact(t('证照编号', 'Number'), certificate.maskedNumber),
    ...fact(t('持证主体', 'Holder'), certificate.maskedHolder),
    ...fact(t('颁发机构', 'Issuer'), certificate.issuerName),
    ...fact(t('颁发日期', 'Issued on'), certificate.issuedOn),
    ...fact(t('有效期', 'Validity'), period(certificate.validFrom, certificate.validTo ?? openEnded)),
    // «Valid» beside «do not rely on it» would only confuse.
    ...(genuine === false ? [] : fact(t('当前状态', 'Status'), statusWord(certificate.status))),
    ...fact(t('证照标识', 'Identifier'), certificate.identifier));
}

const period = (from: string | null | undefined, to: string | null | undefined): string | null => (from || to ? `${from ?? '…'} ${t('至', 'to')} ${to ?? '…'}` : null);

/** A line of a list of facts; nothing without a value. */
export const fact = (name: string, value: Child | Child[]): HTMLElement[] => (value ? [make('dt', {}, name), make('dd', {}, ...[value].flat())] : []);

const OUTCOME: Record<Check['outcome'], [string, string, string, string]> = {
  OK: ['✓', '通过', 'OK', 'good'],
  FAILED: ['✗', '未通过', 'Failed', 'bad'],
  UNKNOWN: ['?', '不明', 'Unknown', 'unknown'],
  NOT_APPLICABLE: ['–', '不适用', 'Not applicable', 'unknown'],
};

/** The checks one by one, folded unless one failed. */
export function checks(list: Check[]): HTMLElement | null {
  if (!list.length) return null;
  const rows = list.map(({ name, outcome: code, detail }) => {
    const [symbol, zh, en, tone] = OUTCOME[code] ?? ['?', code, code, 'unknown'];
    return make('li', {},
      make('span', { class: `check ${tone}` }, `${symbol} ${t(zh, en)}`),
      make('span', { class: 'check-name' }, name),
      detail ? make('span', { class: 'fine' }, detail) : null);
  });
  const anyBad = list.some(({ outcome: code }) => code === 'FAILED');
  return make('details', { class: 'checks', open: anyBad },
    make('summary', {}, t(`逐项检查（${list.length}）`, `Checks (${list.length})`)), make('ul', {}, ...rows));
}

// Beijing time: what the verdict itself is reckoned in.
export function time(text: string): HTMLElement | string {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text;
  const shown = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone: 'Asia/Shanghai' }).format(date);
  return make('time', { datetime: text }, `${shown} ${t('（北京时间）', '(Beijing time)')}`);
}
