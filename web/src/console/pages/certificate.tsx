// One version of a certificate: what it says, its files, its signature, its history, and what may be done with it.

import { useState } from 'preact/hooks';
import { type ShownField, selection, shownFields } from '../form/fields';
import { queryPartly } from '../hub';
import { Code, Facts, Status, Term, Time } from '../parts/facts';
import { Problem, Shown, useLoaded } from '../parts/loaded';
import { Table } from '../parts/table';
import { to } from '../route';
import { shape } from '../schema';
import { identity } from '../signin';
import { bracketed, operationWord, t } from '../words';
import { type Change, changeStatus, changes } from './certificate-status';
import { Data } from './data';
import { Files } from './files';
import { Heading } from './heading';
import { Verification } from './verification';

export interface Certificate {
  __typename: string;
  id: string;
  identifier: string;
  typeCode: string;
  typeName: string;
  name: string;
  number: string;
  issuer: { code: string; name: string };
  issuedOn: string;
  validFrom: string | null;
  validTo: string | null;
  holders: { name: string | null; code: string | null; codeAbsent: string | null }[];
  status: string;
  statusCode: { scheme: string; code: string; label: string | null } | null;
  version: number;
  current: { id: string };
  previous: { id: string; version: number } | null;
  history: { id: string; versionId: string; operation: string; operationCode: string | null; status: string; statusCode: { code: string; label: string | null }; reason: string | null; at: string }[];
  signature: { algorithm: string; value: string; signer: string; certificateDigest: string; statementDigest: string };
  files: { format: string; mediaType: string; path: string }[];
  updatedAt: string;
}

const COMMON = `query ($id: ID!) { certificate(id: $id) {
  __typename id identifier typeCode typeName name number issuer { code name } issuedOn validFrom validTo holders { name code codeAbsent }
  status statusCode { scheme code label } version current { id } previous { id version }
  history { id versionId operation operationCode status statusCode { code label } reason at }
  signature { algorithm value signer certificateDigest statementDigest } files { format mediaType path } updatedAt
} }`;

export interface Whole {
  certificate: Certificate;
  fields: ShownField[];
  data: Record<string, unknown>;
}

async function read(id: string): Promise<Whole | null> {
  const { data } = await queryPartly<{ certificate: Certificate | null }>(COMMON, { id });
  const certificate = data.certificate;
  if (!certificate) return null;
  const [type, common] = await Promise.all([shape(certificate.__typename), shape('Certificate')]);
  const fields = type ? await shownFields(type, new Set((common?.fields ?? []).map(({ name }) => name))) : [];
  if (fields.length === 0) return { certificate, fields, data: {} };
  const text = `query ($id: ID!) { certificate(id: $id) { ... on ${certificate.__typename} { ${selection(fields)} } } }`;
  const { data: own } = await queryPartly<{ certificate: Record<string, unknown> | null }>(text, { id });
  return { certificate, fields, data: own.certificate ?? {} };
}

export function CertificatePage({ id }: { id: string }) {
  const found = useLoaded(() => read(id), [id]);
  return (
    <Shown of={found}>
      {(whole) => (whole ? <Read whole={whole} again={found.again} /> : <Heading title={t('没有这份证照，或无权读取', 'No such certificate, or you may not read it')} about={id} />)}
    </Shown>
  );
}

function Read({ whole, again }: { whole: Whole; again: () => void }) {
  const { certificate, fields, data } = whole;
  const mutations = identity.value?.rights.mutations ?? new Set<string>();
  const [turn, setTurn] = useState(0);
  const current = certificate.current.id === certificate.id;
  const change = (which: Change): void =>
    void changeStatus(which, certificate).then((changed) => {
      if (!changed) return;
      setTurn(turn + 1);
      again();
    });
  const offered = changes().filter(({ command, fits }) => mutations.has(command) && current && fits(certificate.status));
  return (
    <>
      <Heading
        title={<>{certificate.name} <Status of={certificate.status} /></>}
        about={<>{certificate.number} · {certificate.holders.map(({ name }) => name ?? '—').join('、')}</>}
      >
        {offered.map((which) => (
          <button key={which.command} type="button" class={which.danger ? 'dangerous' : ''} onClick={() => change(which)}>{which.verb}</button>
        ))}
        {current && ['amend', 'renew'].map((operation) =>
          mutations.has(`${operation}${certificate.__typename}`) && certificate.status === 'VALID' ? (
            <a key={operation} class="button" href={to('issue', certificate.__typename, operation, certificate.id)}>{operation === 'amend' ? t('变更', 'Amend') : t('延续', 'Renew')}</a>
          ) : null,
        )}
      </Heading>
      {!current && (
        <div class="notice warn">
          <p>{t('这不是现行版本。', 'This is not the present version.')} <a href={to('certificates', certificate.current.id)}>{t('查看现行版本', 'Open the present one')}</a></p>
        </div>
      )}
      <section class="card">
        <h2>{t('元数据（GB/T 36903）', 'Metadata (GB/T 36903)')}</h2>
        <Facts
          list={[
            [t('证照编号', 'Number'), certificate.number],
            [t('证照标识', 'Identifier'), <Code>{certificate.identifier}</Code>],
            [t('证照类型', 'Type'), <><a href={to('types', certificate.__typename)}>{certificate.typeName}</a> <Code>{certificate.typeCode}</Code></>],
            [t('持证主体', 'Holder'), certificate.holders.map(({ name, code, codeAbsent }) => <div>{name ?? '—'} {code ? <Code>{code}</Code> : codeAbsent}</div>)],
            [t('颁发机构', 'Issuer'), <>{certificate.issuer.name} <Code>{certificate.issuer.code}</Code></>],
            [t('颁发日期', 'Issued on'), certificate.issuedOn],
            [t('有效期', 'Term'), <Term from={certificate.validFrom} to={certificate.validTo} />],
            [t('状态', 'Status'), <><Status of={certificate.status} /> {certificate.statusCode && bracketed(certificate.statusCode.label ?? '', `${certificate.statusCode.scheme} ${certificate.statusCode.code}`)}</>],
            [t('版本', 'Version'), <>{certificate.version}{certificate.previous && <> · <a href={to('certificates', certificate.previous.id)}>{t('上一版本', 'the one before')}</a></>}</>],
            [t('最近变更', 'Last change'), <Time of={certificate.updatedAt} />],
          ]}
        />
      </section>
      <section class="card">
        <h2>{t('结构化数据', 'Structured data')}</h2>
        <Data fields={fields} data={data} />
      </section>
      <Files certificate={certificate} />
      <Verification key={turn} certificate={certificate} />
      <section class="card">
        <h2>{t('数据签名', 'Signature of the data')}</h2>
        <Facts
          list={[
            [t('算法', 'Algorithm'), certificate.signature.algorithm],
            [t('签名机构', 'Signer'), certificate.signature.signer],
            [t('签名证书 SM3', 'SM3 of the signer’s certificate'), <Code>{certificate.signature.certificateDigest}</Code>],
            [t('陈述 SM3', 'SM3 of the statement'), <Code>{certificate.signature.statementDigest}</Code>],
            [t('签名值（DER）', 'Signature (DER)'), <Code>{certificate.signature.value}</Code>],
          ]}
        />
      </section>
      <section class="card">
        <h2>{t('状态变更历史', 'History')}</h2>
        {certificate.history.length === 0 ? <Problem error={t('没有可以显示的历史', 'There is no history to show')} /> : (
          <Table
            caption={t('状态变更历史', 'History')}
            rows={certificate.history}
            id={({ id }) => id}
            columns={[
              { name: t('时间', 'When'), cell: ({ at }) => <Time of={at} /> },
              { name: t('操作', 'Operation'), cell: ({ operation }) => operationWord(operation) },
              { name: t('状态', 'Status'), cell: ({ status }) => <Status of={status} /> },
              { name: t('类型状态码', 'Code of the type'), cell: ({ statusCode }) => `${statusCode.label ?? ''} ${statusCode.code}` },
              { name: t('原因', 'Reason'), cell: ({ reason }) => reason ?? '—' },
              { name: t('版本', 'Version'), cell: ({ versionId }) => (versionId === certificate.id ? t('本版本', 'this') : <a href={to('certificates', versionId)}>{t('其他版本', 'another')}</a>) },
            ]}
          />
        )}
      </section>
    </>
  );
}
