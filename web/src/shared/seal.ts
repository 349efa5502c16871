// The seals on a certificate's files, for readers of PDF and OFD that cannot judge them: /verify/<identifier>#seal.

import { make } from './element';
import { ask } from './hub';
import { t } from './language';
import { checks, fact, time, type Check } from './report';

interface Sealed {
  format: string;
  madeAt: string;
  digest: string;
  signer?: string | null;
  result: 'PASSED' | 'FAILED' | 'INDETERMINATE';
  sealCode?: string | null;
  sealName?: string | null;
  sealMaker?: string | null;
  sealFrom?: string | null;
  sealTo?: string | null;
  sealStatus?: string | null;
  checks: Check[];
}

const SEALED = `query Sealed($identifier: String!) {
  sealedFiles(identifier: $identifier) {
    format madeAt digest signer result sealCode sealName sealMaker sealFrom sealTo sealStatus
    checks { name outcome detail }
  }
}`;

/** Shows them in `place`, a section that is hidden while there is nothing to show. */
export async function showSeals(place: HTMLElement, identifier: string): Promise<void> {
  let files: Sealed[];
  try {
    files = (await ask<{ sealedFiles: Sealed[] | null }>(SEALED, { identifier })).sealedFiles ?? [];
  } catch (error) {
    place.hidden = false;
    place.replaceChildren(heading(), make('p', {}, t('暂时无法查询印章。', 'The seals cannot be looked up now.'), ' ', make('span', { class: 'fine' }, String(error))));
    return;
  }
  place.hidden = files.length === 0;
  place.replaceChildren(heading(), make('p', { class: 'fine' }, t(
    '多数 PDF 与 OFD 阅读器不能判断国密签名。请核对手中文件的 SM3 摘要，或上传文件验证。',
    'Most readers of PDF and OFD cannot judge SM2 signatures. Compare the SM3 of your file, or have the file itself verified.',
  )), ...files.map(sealed));
  // The browser looked for the part before it was there.
  if (location.hash === '#seal') place.scrollIntoView();
}

const heading = (): HTMLElement => make('h2', {}, t('印章与签名', 'Seal and signature'));

const STATUS: Record<string, [string, string]> = {
  ACTIVE: ['在用', 'in use'],
  SUSPENDED: ['已停用', 'suspended'],
  DESTROYED: ['已销毁', 'destroyed'],
};

const RESULT: Record<Sealed['result'], [string, string, string, string]> = {
  PASSED: ['✓', '文件签章有效', 'The file and its seal are good', 'good'],
  FAILED: ['✗', '文件或证照未通过验证', 'The file or the certificate does not pass', 'bad'],
  INDETERMINATE: ['?', '无法判定', 'Cannot be determined', 'unknown'],
};

function sealed(file: Sealed): HTMLElement {
  const [symbol, zh, en, tone] = RESULT[file.result] ?? ['?', file.result, file.result, 'unknown'];
  const covered = file.checks.find(({ name }) => name === 'document-coverage');
  return make('article', { class: 'sealed', 'data-format': file.format },
    make('h3', {}, file.format, ' ', make('span', { class: `check ${tone}` }, `${symbol} ${t(zh, en)}`)),
    make('dl', { class: 'facts' },
      ...fact(t('印章名称', 'Seal'), file.sealName),
      ...fact(t('印章编码', 'Seal code'), file.sealCode),
      ...fact(t('印章状态', 'Seal status'), file.sealStatus ? t(...(STATUS[file.sealStatus] ?? [file.sealStatus, file.sealStatus])) : null),
      ...fact(t('印章有效期', 'Seal validity'), file.sealFrom && file.sealTo ? [time(file.sealFrom), ` ${t('至', 'to')} `, time(file.sealTo)] : null),
      ...fact(t('签章人', 'Signed by'), file.signer),
      ...fact(t('制章人', 'Seal made by'), file.sealMaker),
      ...fact(t('签章时间', 'Sealed at'), time(file.madeAt)),
      ...fact(t('覆盖范围', 'Coverage'), covered?.outcome === 'OK' ? t('整个文件', 'the whole file') : covered?.detail),
      ...fact('SM3', make('code', {}, file.digest))),
    checks(file.checks));
}
