// Suspending, resuming, revoking and cancelling a certificate, once it is clear which one.

import { command as send } from '../hub';
import { confirmed } from '../parts/confirm';
import { done } from '../parts/failure';
import { statusWord, t } from '../words';
import type { Certificate } from './certificate';

export interface Change {
  command: string;
  title: string;
  verb: string;
  meaning: string;
  danger: boolean;
  /** It cannot be undone. */
  final: boolean;
  /** From which status it is offered; whether it may be, the type decides. */
  fits: (status: string) => boolean;
}

const OVER = ['REVOKED', 'CANCELLED', 'SUPERSEDED', 'TRANSFERRED'];

export const changes = (): Change[] => [
  {
    command: 'suspendCertificate',
    title: t('暂停证照', 'Suspend the certificate'),
    verb: t('暂停', 'Suspend'),
    meaning: t('暂停期间验证不通过，可以恢复。', 'It does not verify until it is resumed.'),
    danger: true,
    final: false,
    fits: (status) => !OVER.includes(status) && status !== 'SUSPENDED',
  },
  {
    command: 'resumeCertificate',
    title: t('恢复证照', 'Resume the certificate'),
    verb: t('恢复', 'Resume'),
    meaning: t('恢复后即可使用。', 'It may be used again at once.'),
    danger: false,
    final: false,
    fits: (status) => status === 'SUSPENDED',
  },
  {
    command: 'revokeCertificate',
    title: t('撤销证照', 'Revoke the certificate'),
    verb: t('撤销', 'Revoke'),
    meaning: t('撤销即时生效并由颁发机构签名，此后任何人验证都不通过。', 'It takes effect at once, signed by the authority; nobody can verify it any more.'),
    danger: true,
    final: true,
    fits: (status) => !OVER.includes(status),
  },
  {
    command: 'cancelCertificate',
    title: t('注销证照', 'Cancel the certificate'),
    verb: t('注销', 'Cancel it'),
    meaning: t('注销即时生效并由颁发机构签名，不可恢复。', 'It takes effect at once, signed by the authority, and cannot be undone.'),
    danger: true,
    final: true,
    fits: (status) => !OVER.includes(status),
  },
];

/** Asks, does it; true when it was done. */
export async function changeStatus(change: Change, certificate: Certificate): Promise<boolean> {
  const given = await confirmed({
    title: change.title,
    verb: change.verb,
    meaning: change.meaning,
    danger: change.danger,
    reason: true,
    statusCode: true,
    what: [
      [t('证照类型', 'Type'), certificate.typeName],
      [t('证照编号', 'Number'), certificate.number],
      [t('持证主体', 'Holder'), certificate.holders.map(({ name }) => name ?? '—').join('、')],
      [t('颁发机构', 'Issuer'), certificate.issuer.name],
      [t('现状', 'Now'), statusWord(certificate.status)],
    ],
    ...(change.final ? { typed: certificate.number } : {}),
  });
  if (!given) return false;
  const text = `mutation ($id: ID!, $reason: String!, $statusCode: String) { ${change.command}(id: $id, reason: $reason, statusCode: $statusCode) { id } }`;
  return done(() => send(text, { id: certificate.id, reason: given.reason, statusCode: given.statusCode || null }));
}
