// Suspending, resuming and destroying a seal, once it is clear which one.

import { command } from '../hub';
import { confirmed } from '../parts/confirm';
import { done } from '../parts/failure';
import { sealStatusWord, t } from '../words';
import type { Seal } from './authorities';

type Change = 'suspend' | 'resume' | 'destroy';

const words = (change: Change): { title: string; verb: string; meaning: string } =>
  ({
    suspend: { title: t('停用印章', 'Suspend the seal'), verb: t('停用', 'Suspend'), meaning: t('停用期间不能签章，可以恢复。', 'It signs nothing until it is resumed.') },
    resume: { title: t('恢复印章', 'Resume the seal'), verb: t('恢复', 'Resume'), meaning: t('恢复后即可签章。', 'It may sign again at once.') },
    destroy: {
      title: t('销毁印章', 'Destroy the seal'),
      verb: t('销毁', 'Destroy'),
      meaning: t('销毁后永远不能再签章；已签的文件仍然有效。', 'It never signs again; what it signed stays signed.'),
    },
  })[change];

export async function changeSeal(change: Change, seal: Seal, changed: () => void): Promise<void> {
  const given = await confirmed({
    ...words(change),
    what: [
      [t('印章', 'Seal'), seal.name],
      [t('印章编码', 'Code'), seal.code],
      [t('颁发机构', 'Authority'), seal.authority?.name],
      [t('现状', 'Now'), sealStatusWord(seal.status)],
      [t('已用印', 'Uses'), String(seal.useCount)],
    ],
    reason: true,
    danger: change !== 'resume',
    ...(change === 'destroy' ? { typed: seal.code } : {}),
  });
  if (!given) return;
  const text = `mutation ($code: String!, $reason: String!) { ${change}Seal(code: $code, reason: $reason) { status } }`;
  if (await done(() => command(text, { code: seal.code, reason: given.reason }))) changed();
}
