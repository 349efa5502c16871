// Use codes: made for one department, one type and the fields that were ticked; listed; withdrawn.

import { find, make } from '../../shared/element';
import { fact, time } from '../../shared/report';
import { t } from '../../shared/language';
import { departmentName, departmentNames, known, own, sentence, typeTitle, type TypeField, type UseCode } from './own';

export const CODES = '{ useCodes { id department type fields once uses madeAt until usedAt withdrawnAt } }';

const MAKE = `mutation Make($department: String!, $type: String!, $fields: [String!]!, $minutes: Int!, $once: Boolean!) {
  makeUseCode(department: $department, type: $type, fields: $fields, minutes: $minutes, once: $once) {
    id code department type fields once uses madeAt until usedAt withdrawnAt
  }
}`;

/** Credit codes are of these letters (GB 32100); whether the last one fits, the hub says. */
const CREDIT_CODE = /^[0-9A-HJ-NPQRTUWXY]{18}$/;

const MINUTES: [number, string, string][] = [
  [15, '15 分钟', '15 minutes'],
  [30, '30 分钟', '30 minutes'],
  [60, '1 小时', '1 hour'],
  [240, '4 小时', '4 hours'],
  [1440, '1 天', '1 day'],
];

/** Scalars whose values are shown as they are. */
const PLAIN = ['String', 'Int', 'Float', 'Boolean', 'Date', 'DateTime', 'Long', 'Decimal', 'Year', 'YearMonth'];

const form = find<HTMLFormElement>('#make');
const type = find<HTMLSelectElement>('#type');
const department = find<HTMLInputElement>('#department');
const minutes = find<HTMLSelectElement>('#minutes');
const once = find<HTMLInputElement>('#once');
const fault = find('#make-fault');
const made = find('#made');

/** By type: the holder's own values of each field, of each of his certificates. */
const values = new Map<string, Record<string, string[]>>();
let fresh: (UseCode & { code: string }) | null = null; // shown until it is put away
let failed: (error: unknown) => void = () => {};
let changed: () => void = () => {};

/** `onChange` after a code was made or withdrawn; `onFailure` when the hub did not answer, or the session is over. */
export function wire(onChange: () => void, onFailure: (error: unknown) => void): void {
  changed = onChange;
  failed = onFailure;
  type.addEventListener('change', () => void drawFields([]));
  department.addEventListener('input', hint);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit().catch(failed);
  });
}

export function forget(): void {
  values.clear();
  fresh = null;
  made.hidden = true;
  made.replaceChildren();
  department.value = '';
  find('#fields').replaceChildren();
  find('#code-list').replaceChildren();
}

/** The form for a code of this type, brought before the holder. */
export function begin(typeName: string): void {
  type.value = typeName;
  void drawFields([]);
  find('#codes').scrollIntoView();
  department.focus({ preventScroll: true });
}

/** The form anew, in the page's language, with what was chosen. */
export function drawForm(): void {
  const chosen = { type: type.value, fields: ticked(), minutes: minutes.value || '30' };
  const names = [...new Set(known.certificates.map((one) => one.__typename))];
  type.replaceChildren(...names.map((name) => make('option', { value: name }, typeTitle(name))));
  if (names.includes(chosen.type)) type.value = chosen.type;
  minutes.replaceChildren(...MINUTES.map(([count, zh, en]) => make('option', { value: count }, t(zh, en))));
  minutes.value = chosen.minutes;
  form.hidden = names.length === 0;
  const codes = new Map([...departmentNames()].concat(known.codes.map((code) => [code.department, departmentNames().get(code.department) ?? ''])));
  find('#departments').replaceChildren(...[...codes].map(([code, name]) => make('option', { value: code, label: name ? `${name} ${code}` : code })));
  hint();
  drawMade();
  void drawFields(chosen.fields);
}

const ticked = (): string[] => [...find('#fields').querySelectorAll<HTMLInputElement>('input:checked')].map((box) => box.value);
const written = (): string => department.value.replace(/\s+/g, '').toUpperCase();

function hint(): void {
  const name = departmentNames().get(written());
  find('#department-hint').textContent = name
    ? `✓ ${name}`
    : t('窗口会告诉您，也印在部门的证书和公章上。', 'The counter tells you; it stands on the department’s papers and seal as well.');
}

/** What each field is called, and what it would show of this holder. */
async function drawFields(chosen: string[]): Promise<void> {
  const name = type.value;
  const draw = (): void => {
    if (type.value !== name || !known.session) return;
    const now = [...new Set([...chosen, ...ticked()])];
    const of = known.types.get(name);
    const mine = known.certificates.filter((one) => one.__typename === name);
    const own = values.get(name) ?? {};
    const whole = (text: string): HTMLElement => make('span', { class: 'all' }, text);
    find('#fields').replaceChildren(
      field('number', t('证照编号', 'Number'), mine.map(({ number }) => number).join('、'), now),
      field('holders', t('持证主体', 'Holder'), t('您的姓名和证件号码', 'your name and identity number'), now),
      ...(of?.fields ?? []).map((one) => field(one.name, t(one.zh, one.en) || one.zh, reveals(one, own[one.name] ?? []), now)),
      field('files', t('证照文件（PDF、OFD）', 'The certificate’s files (PDF, OFD)'), whole(t('证照上的全部内容，等于交出整份证照', 'all that stands on it: the whole certificate')), now));
  };
  draw();
  if (!name || values.has(name)) return;
  await readValues(name).catch(() => values.set(name, {})); // the labels suffice
  draw();
}

function field(name: string, title: string, shows: string | HTMLElement, chosen: string[]): HTMLElement {
  return make('label', { class: 'tick' },
    make('input', { type: 'checkbox', value: name, checked: chosen.includes(name) }),
    make('span', {}, make('strong', {}, title), make('span', { class: 'fine shows' }, shows)));
}

function reveals({ scalar }: TypeField, own: string[]): string {
  if (scalar === 'Base64') return t('图片，如您的照片', 'a picture, such as your photograph');
  if (own.length) return own.join('、').slice(0, 60);
  return PLAIN.includes(scalar) || scalar === 'CodeValue' ? t('（您的证照上没有此项）', '(not on your certificate)') : t('其中各项明细', 'each of its entries');
}

async function readValues(name: string): Promise<void> {
  const of = known.types.get(name);
  if (!of) return;
  const selected = of.fields.flatMap((one) => (PLAIN.includes(one.scalar) ? [one.name] : one.scalar === 'CodeValue' ? [`${one.name} { code label(lang: ${t('ZH', 'EN')}) }`] : []));
  if (!selected.length) return;
  const list = of.plural.charAt(0).toLowerCase() + of.plural.slice(1);
  const data = await own<Record<string, { nodes: Record<string, unknown>[] } | null>>(`{ ${list}(first: 20) { nodes { ${selected.join(' ')} } } }`);
  const found: Record<string, string[]> = {};
  for (const node of data[list]?.nodes ?? []) {
    for (const [key, value] of Object.entries(node)) {
      const text = value && typeof value === 'object' ? String((value as { label?: string; code?: string }).label ?? (value as { code?: string }).code ?? '') : String(value ?? '');
      if (text && !found[key]?.includes(text)) (found[key] ??= []).push(text);
    }
  }
  values.set(name, found);
}

function refuse(text: string, at: HTMLElement): void {
  fault.hidden = false;
  fault.textContent = text;
  at.focus();
}

async function submit(): Promise<void> {
  fault.hidden = true;
  const fields = ticked();
  if (!CREDIT_CODE.test(written())) return refuse(t('请填写部门的18位统一社会信用代码。', 'Enter the department’s credit code of 18 characters.'), department);
  if (!fields.length) return refuse(t('请至少勾选一项内容。', 'Tick at least one field.'), find('#fields input'));
  const variables = { department: written(), type: type.value, fields, minutes: Number(minutes.value), once: once.checked };
  try {
    fresh = (await own<{ makeUseCode: UseCode & { code: string } }>(MAKE, variables)).makeUseCode;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'Refused') throw error;
    return refuse(sentence(error), department);
  }
  for (const box of find('#fields').querySelectorAll<HTMLInputElement>('input:checked')) box.checked = false;
  drawMade();
  made.focus();
  made.scrollIntoView({ block: 'center' });
  changed();
}

/** The code that was just made: it is shown this once. */
function drawMade(): void {
  made.hidden = !fresh;
  if (!fresh) return;
  const spelt = fresh.code.replace(/(.{4})(?=.)/g, '$1 ');
  const copied = make('span', { class: 'fine', role: 'status' });
  const copy = make('button', { type: 'button' }, t('复制', 'Copy'));
  copy.addEventListener('click', () => {
    navigator.clipboard.writeText(spelt).then(
      () => (copied.textContent = t('已复制', 'Copied')),
      () => (copied.textContent = t('请手工抄下', 'Please copy it by hand')));
  });
  const away = make('button', { type: 'button' }, t('我记下了，收起', 'I have it, put it away'));
  away.addEventListener('click', () => {
    fresh = null;
    drawMade();
    find('#code-list').querySelector('button')?.focus();
  });
  made.replaceChildren(
    make('h3', {}, t('用证码', 'Use code')),
    make('p', { class: 'code' }, ...spelt.split(' ').map((part) => make('span', {}, `${part} `))),
    make('p', {}, t('只显示这一次。请告诉 ', 'Shown this once. Tell it to '), make('strong', {}, departmentName(fresh.department)), t(' 的窗口。', ' at the counter.')),
    make('p', {}, t('有效至 ', 'Good until '), time(fresh.until), fresh.once ? t('，只能用一次。', ', once only.') : t('，可多次使用。', ', more than once.')),
    make('p', { class: 'danger-text' }, t('不要在电话、短信、聊天里告诉任何人：没有工作人员会这样索要。', 'Never tell it to anybody by telephone, message or chat: no clerk asks for it so.')),
    make('div', { class: 'acts' }, copy, away, copied));
}

function state(code: UseCode): [string, string] {
  if (code.withdrawnAt) return ['unknown', t('已撤回', 'Withdrawn')];
  if (code.once && code.uses > 0) return ['unknown', t('已使用，已失效', 'Used, and over')];
  if (Date.parse(code.until) <= Date.now()) return ['unknown', t('已到期', 'Over')];
  const used = code.uses > 0 ? t(`，已用 ${code.uses} 次`, `, used ${code.uses} times`) : t('，未使用', ', not used');
  return ['good', t('有效', 'Good') + used];
}

const fieldTitle = (typeName: string, name: string): string => {
  const own = { number: t('证照编号', 'Number'), holders: t('持证主体', 'Holder'), files: t('证照文件', 'Files') }[name];
  const of = known.types.get(typeName)?.fields.find((one) => one.name === name);
  return own ?? (of ? t(of.zh, of.en) || of.zh : name);
};

export function drawCodes(): void {
  const rows = known.codes.map((code) => {
    const [tone, word] = state(code);
    const withdraw = make('button', { type: 'button', 'aria-label': t(`撤回给 ${code.department} 的用证码`, `Withdraw the code for ${code.department}`) }, t('撤回', 'Withdraw'));
    withdraw.addEventListener('click', () => {
      withdraw.disabled = true;
      own('mutation Withdraw($id: ID!) { withdrawUseCode(id: $id) }', { id: code.id }).then(() => {
        if (fresh?.id === code.id) fresh = null;
        drawMade();
        changed();
      }, failed);
    });
    return make('li', { class: `row ${tone}`, 'data-id': code.id },
      make('div', { class: 'row-top' }, make('strong', {}, departmentName(code.department)), make('span', { class: 'status' }, word)),
      make('p', { class: 'fine' }, `${typeTitle(code.type)}：${code.fields.map((name) => fieldTitle(code.type, name)).join('、')}`),
      make('dl', { class: 'facts' },
        ...fact(t('生成', 'Made'), time(code.madeAt)),
        ...fact(t('到期', 'Ends'), time(code.until)),
        ...fact(t('使用', 'Used'), code.usedAt && time(code.usedAt)),
        ...fact(t('撤回', 'Withdrawn'), code.withdrawnAt && time(code.withdrawnAt))),
      tone === 'good' && make('div', { class: 'acts' }, withdraw));
  });
  find('#code-list').replaceChildren(...(rows.length ? rows : [make('li', { class: 'fine' }, t('还没有用证码。', 'There is no use code yet.'))]));
}
