// The holder's certificates, a card each.

import { make } from '../../shared/element';
import { fact } from '../../shared/report';
import { t } from '../../shared/language';
import type { Certificate } from './own';

export const CERTIFICATES = `query Mine($after: String) {
  certificates(first: 50, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { __typename id identifier typeName name number status issuedOn validFrom validTo issuer { code name } holders { name code } files { format path } }
  }
}`;

/** What is left of its validity when a card begins to say so, in days. */
const SOON = 60;

const STATUS: Record<string, [string, string, string, string, string]> = {
  VALID: ['good', '有效', 'In force', '现在可以使用。', 'It may be used now.'],
  NOT_YET_VALID: ['caution', '尚未生效', 'Not yet in force', '到起始日期后可以使用。', 'It may be used from its first day on.'],
  SUSPENDED: ['caution', '暂停使用', 'Suspended', '现在不能使用，请向颁发机构了解原因。', 'It may not be used now: ask the issuer why.'],
  EXPIRED: ['caution', '已过期', 'Expired', '不能再使用，请到颁发机构换证或延期。', 'It may not be used any more: have it renewed.'],
  REVOKED: ['bad', '已撤销或吊销', 'Revoked', '不能再使用。有异议请向颁发机构提出。', 'It may not be used any more. Objections go to the issuer.'],
  CANCELLED: ['unknown', '已注销', 'Cancelled', '不能再使用。', 'It may not be used any more.'],
  TRANSFERRED: ['unknown', '已转出', 'Transferred', '已转到别处管理。', 'It is kept elsewhere now.'],
  SUPERSEDED: ['unknown', '已换新证', 'Replaced', '请使用新的那一份。', 'Use the newer one.'],
  OTHER: ['unknown', '其他状态', 'Other', '请向颁发机构了解。', 'Ask the issuer.'],
};

export const statusWord = (status: string): string => {
  const [, zh, en] = STATUS[status] ?? ['unknown', status, status];
  return t(zh, en);
};

/** Its validity in words. */
export function validity({ validFrom, validTo, issuedOn }: Pick<Certificate, 'validFrom' | 'validTo' | 'issuedOn'>): string {
  const from = validFrom ?? issuedOn;
  return validTo ? t(`${from} 至 ${validTo}`, `${from} to ${validTo}`) : t(`${from} 起长期有效`, `from ${from}, without end`);
}

function soon(certificate: Certificate): string | null {
  if (certificate.status !== 'VALID' || !certificate.validTo) return null;
  const days = Math.floor((Date.parse(`${certificate.validTo}T23:59:59+08:00`) - Date.now()) / 86_400_000);
  return days <= SOON ? t(`还有 ${days} 天到期，请及时办理延期。`, `${days} days left: have it renewed in time.`) : null;
}

export interface Acts {
  see: (certificate: Certificate) => void;
  save: (certificate: Certificate, format: 'PDF' | 'OFD') => void;
  consent: (certificate: Certificate) => void;
}

export function card(certificate: Certificate, acts: Acts): HTMLElement {
  const [tone, zh, en, zhMeans, enMeans] = STATUS[certificate.status] ?? STATUS.OTHER!;
  const has = (format: string): boolean => certificate.files.some((file) => file.format === format);
  const button = (text: string, act: () => void, kind = ''): HTMLElement => {
    // Which one it is, for those who hear the buttons and do not see the card.
    const made = make('button', { type: 'button', class: kind, 'aria-label': `${text}：${certificate.name} ${certificate.number}` }, text);
    made.addEventListener('click', act);
    return made;
  };
  return make('li', { class: `certificate ${tone}`, 'data-identifier': certificate.identifier },
    make('div', { class: 'certificate-top' },
      make('h3', {}, certificate.name),
      make('p', { class: 'status' }, t(zh, en))),
    make('p', { class: 'fine' }, t(zhMeans, enMeans), soon(certificate)),
    make('dl', { class: 'facts' },
      ...fact(t('编号', 'Number'), certificate.number),
      ...fact(t('持证主体', 'Holder'), certificate.holders.map(({ name }) => name ?? '—').join('、')),
      ...fact(t('颁发机构', 'Issuer'), certificate.issuer.name),
      ...fact(t('有效期', 'Validity'), validity(certificate))),
    make('div', { class: 'acts' },
      has('PDF') && button(t('查看和打印', 'See and print'), () => acts.see(certificate), 'first'),
      has('PDF') && button(t('下载 PDF', 'Save PDF'), () => acts.save(certificate, 'PDF')),
      has('OFD') && button(t('下载 OFD', 'Save OFD'), () => acts.save(certificate, 'OFD')),
      button(t('让部门用证', 'Let a department read it'), () => acts.consent(certificate)),
      make('a', { href: `/verify/${encodeURIComponent(certificate.identifier)}`, 'aria-label': `${t('验证页', 'Verify')}：${certificate.name} ${certificate.number}` }, t('验证页', 'Verify'))));
}
