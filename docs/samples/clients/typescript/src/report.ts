// What a nightly run of a department does: reads every certificate in force, page by page, and verifies one.
//
//   ZHENGZHAO_URL  ZHENGZHAO_CLIENT_ID  ZHENGZHAO_CLIENT_SECRET  ZHENGZHAO_USE_FOR  [ZHENGZHAO_ITEM_CODE]  [ZHENGZHAO_PAGE]

import { CertificatesDocument, VerifyDocument, type CertificatesQuery } from './generated/graphql.js';
import { Hub, HubError, type Answer } from './hub.js';

type Certificate = NonNullable<CertificatesQuery['safetyOfficerCertificates']>['nodes'][number];

async function report(): Promise<void> {
  const itemCode = process.env.ZHENGZHAO_ITEM_CODE;
  const purpose = { useFor: required('ZHENGZHAO_USE_FOR'), ...(itemCode ? { itemCode } : {}) };
  const client = { id: required('ZHENGZHAO_CLIENT_ID'), secret: required('ZHENGZHAO_CLIENT_SECRET') };
  const hub = new Hub(required('ZHENGZHAO_URL'), client, purpose);
  const first = Number(process.env.ZHENGZHAO_PAGE ?? 100);

  await hub.token();
  console.log(`令牌 token: ${hub.lifetime} s`);

  const certificates: Certificate[] = [];
  const masked = new Set<string>();
  let pages = 0;
  for await (const { data, masked: hidden } of everyPage(hub, first)) {
    pages += 1;
    certificates.push(...(data.safetyOfficerCertificates?.nodes ?? []));
    for (const path of hidden) masked.add(path);
  }

  console.log(`证照 certificates: ${certificates.length}，页 pages: ${pages}`);
  console.log(`脱敏 masked: ${[...masked].sort().join(' ') || '-'}`);
  for (const one of certificates) {
    console.log(`  ${one.number}  ${one.status}  ${one.validTo ?? '-'}  ${one.categoryCode?.code ?? '-'} ${one.categoryCode?.label ?? ''}`.trimEnd());
  }

  const chosen = certificates[0];
  if (!chosen) return;
  const verified = (await hub.run(VerifyDocument, { id: chosen.identifier })).data.verifyCertificate;
  console.log(`验证 verified: ${chosen.identifier}`);
  console.log(`  ${verified?.result}，真实 genuine: ${verified?.genuine}，状态 status: ${verified?.status}`);
  for (const { code, message } of verified?.reasons ?? []) console.log(`  ${code}: ${message}`);
}

async function* everyPage(hub: Hub, first: number): AsyncGenerator<Answer<CertificatesQuery>> {
  let after: string | null = null;
  do {
    const answer: Answer<CertificatesQuery> = await hub.run(CertificatesDocument, { first, after });
    yield answer;
    const info = answer.data.safetyOfficerCertificates?.pageInfo;
    after = (info?.hasNextPage && info.endCursor) || null;
  } while (after !== null);
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new HubError('SETTINGS', `请设置环境变量 set the environment variable ${name}`);
  return value;
}

try {
  await report();
} catch (error) {
  if (!(error instanceof HubError)) throw error;
  console.error(`错误 error: ${error.message}`);
  process.exitCode = 1;
}
