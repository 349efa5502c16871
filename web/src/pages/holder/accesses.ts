// Who did what with the holder's certificates, in plain words, and the proof that it stands in the log.

import { find, make } from '../../shared/element';
import { fact, time } from '../../shared/report';
import { t } from '../../shared/language';
import { departmentName, known, own, ownFile, save, typeTitle } from './own';

export interface Access {
  id: string;
  at: string;
  identifier: string;
  by: string;
  role: string;
  kind: string;
  purpose: string | null;
  itemName: string | null;
  rules: string | null;
}

const PAGE = 20;

const ACCESSES = `query Accesses($after: ID) {
  accessesOfMine(first: ${PAGE}, after: $after) { id at identifier by role kind purpose itemName rules }
}`;

const KIND: Record<string, [string, string]> = {
  issue: ['颁发了证照', 'issued it'],
  amend: ['变更了证照', 'amended it'],
  renew: ['延续了证照', 'renewed it'],
  suspend: ['暂停了证照', 'suspended it'],
  resume: ['恢复了证照', 'resumed it'],
  revoke: ['撤销了证照', 'revoked it'],
  cancel: ['注销了证照', 'cancelled it'],
  query: ['读取了证照信息', 'read its data'],
  download: ['下载了证照文件', 'downloaded its file'],
  verify: ['验证了证照', 'verified it'],
  createCopy: ['制作了加注副本', 'made a copy marked for one use'],
  seal: ['加盖了印章', 'sealed it'],
  refuseSeal: ['退回了盖章', 'refused to seal it'],
};

const ROLE: Record<string, [string, string]> = {
  holder: ['您本人', 'You'],
  issuer: ['颁发机构', 'The issuer'],
  department: ['用证部门', 'A department'],
  administrator: ['枢纽管理员', 'An administrator of the hub'],
  portal: ['门户', 'A portal'],
  anonymous: ['未登录的人', 'Somebody not signed in'],
};

let shown: Access[] = [];
let failed: (error: unknown) => void = () => {};

export function wire(onFailure: (error: unknown) => void): void {
  failed = onFailure;
  find('#more-accesses').addEventListener('click', () => void load(shown.at(-1)?.id).catch(failed));
}

export function forget(): void {
  shown = [];
  find('#access-list').replaceChildren();
}

/** The newest, or those before `after`. */
export async function load(after?: string): Promise<void> {
  const found = (await own<{ accessesOfMine: Access[] | null }>(ACCESSES, { after: after ?? null })).accessesOfMine ?? [];
  shown = after ? [...shown, ...found] : found;
  find('#more-accesses').hidden = found.length < PAGE;
  draw();
}

export function draw(): void {
  find('#access-list').replaceChildren(...(shown.length ? shown.map(row) : [make('li', { class: 'fine' }, t('还没有记录。', 'Nothing yet.'))]));
}

/** Who, with the name under which the hub knows him. */
function who({ role, by }: Access): string {
  const [zh, en] = ROLE[role] ?? [role, role];
  return role === 'holder' ? t(zh, en) : t(`${zh}（账号 ${by}）`, `${en} (account ${by})`);
}

/** By what right, in words. */
function right({ role, rules }: Access): string {
  const names = (rules ?? '').split(/[\s,]+/).filter(Boolean);
  const named = names.map((name) => {
    const code = known.codes.find(({ id }) => name === `use-code-${id.replaceAll('-', '')}`);
    if (code) return t(`您同意的：给 ${departmentName(code.department)} 的用证码`, `your consent: the use code for ${departmentName(code.department)}`);
    return name.startsWith('use-code-') ? t('您同意的：用证码', 'your consent: a use code') : t(`授权规则 ${name}`, `the grant ${name}`);
  });
  if (named.length) return named.join('；');
  if (role === 'holder') return t('本人的证照', 'your own certificate');
  if (role === 'issuer') return t('颁发机构的职责', 'the issuer’s duty');
  if (role === 'department') return t('该部门对这种证照的一般权限', 'the department’s general right to this type');
  return t('没有另外的规则', 'no further rule');
}

function row(access: Access): HTMLElement {
  const certificate = known.certificates.find(({ identifier }) => identifier === access.identifier);
  const [zh, en] = KIND[access.kind] ?? [access.kind, access.kind];
  const said = make('span', { class: 'fine', role: 'status' });
  const proof = make('button', { type: 'button', 'aria-label': t(`取证明：${who(access)} ${zh}`, `Proof: ${who(access)} ${en}`) }, t('取证明', 'Proof'));
  proof.addEventListener('click', () => {
    said.textContent = t('正在取…', 'Fetching …');
    prove(access).then((sentence) => (said.textContent = sentence), (error: unknown) => {
      said.textContent = '';
      failed(error);
    });
  });
  return make('li', { class: `row ${access.role === 'holder' ? 'unknown' : 'by-others'}`, 'data-id': access.id, 'data-kind': access.kind, 'data-role': access.role },
    make('div', { class: 'row-top' }, make('strong', {}, t(`${who(access)}${zh}`, `${who(access)} ${en}`)), time(access.at)),
    make('dl', { class: 'facts' },
      ...fact(t('哪份证照', 'Which'), certificate ? `${typeTitle(certificate.__typename)} ${certificate.number}` : access.identifier),
      ...fact(t('为什么事', 'What for'), [access.purpose, access.itemName].filter(Boolean).join('；') || (access.kind === 'query' || access.kind === 'download' ? t('没有写明', 'not said') : null)),
      ...fact(t('凭什么', 'By what right'), right(access))),
    make('div', { class: 'acts' }, proof, said));
}

/** Saves the receipt of the event, or says why there is none. */
async function prove({ id }: Access): Promise<string> {
  const response = await ownFile(`/log/receipt/${encodeURIComponent(id)}`);
  if (response.ok) {
    save(await response.blob(), `receipt-${id}.json`);
    return t('证明已保存：任何人可据以核对它在日志中。', 'Saved: anybody can check by it that this stands in the log.');
  }
  if (response.status === 404) {
    return t(`还没有入册，请过一会儿再取。编号 ${id}`, `It has no place in the log yet: try again in a while. Its number is ${id}`);
  }
  return t('暂时取不到，请稍后再试。', 'It cannot be had now: try again later.');
}
