// One type: what the catalogue says of it, its data, its face, and whether it is published.

import { useState } from 'preact/hooks';
import { command, query } from '../hub';
import { confirmed } from '../parts/confirm';
import { Code, Facts, Tag } from '../parts/facts';
import { Problem, Shown, useLoaded } from '../parts/loaded';
import { Table } from '../parts/table';
import { to } from '../route';
import { identity, refresh } from '../signin';
import { bracketed, t, typeStateTone, typeStateWord } from '../words';
import { Face } from './face';
import { Heading } from './heading';

interface Coded {
  code: string;
  label: string | null;
}

export interface FullType {
  name: string;
  title: string;
  typeCode: string;
  typeCodeGrade: string | null;
  standard: string | null;
  version: string;
  digest: string;
  state: string;
  definingAuthority: string;
  definingAuthorityCode: string;
  holderCategory: Coded | null;
  issuingLevel: Coded | null;
  validityRange: string | null;
  relatedItems: string[];
  example: Record<string, unknown> | null;
  fields: { name: string; title: string; shortName: string | null; scalar: string; required: boolean; searchable: boolean; description: string }[];
}

const TYPES = `{ certificateTypes { name title typeCode typeCodeGrade standard version digest state definingAuthority definingAuthorityCode
  holderCategory { code label } issuingLevel { code label } validityRange relatedItems example
  fields { name title shortName scalar required searchable description } } }`;

export async function fullType(name: string): Promise<FullType | null> {
  const { certificateTypes } = await query<{ certificateTypes: FullType[] }>(TYPES);
  return certificateTypes.find((type) => type.name === name) ?? null;
}

const coded = (value: Coded | null): string | null => value && bracketed(value.label ?? '', value.code);

export function TypePage({ name }: { name: string }) {
  const found = useLoaded(() => fullType(name), [name]);
  const mutations = identity.value?.rights.mutations ?? new Set();
  const [problem, setProblem] = useState<unknown>(null);
  const change = async (type: FullType, publish: boolean): Promise<void> => {
    const what: [string, string][] = [[t('证照类型', 'Type'), type.title], [t('接口名', 'API name'), type.name], [t('类型代码', 'Code'), type.typeCode], [t('版本', 'Version'), type.version]];
    const agreed = await confirmed(
      publish
        ? { title: t('发布证照类型', 'Publish the type'), what, verb: t('发布', 'Publish'), meaning: t('发布后，有权机构可以签发，接口即时生效。', 'Authorities may issue it, and its API is live at once.') }
        : {
            title: t('停用证照类型', 'Withdraw the type'),
            what,
            verb: t('停用', 'Withdraw'),
            danger: true,
            typed: type.name,
            meaning: t('停用后不再签发；已签发的证照仍可查询、验证和撤销。', 'Nothing more is issued; what was issued can still be read, verified and revoked.'),
          },
    );
    if (!agreed) return;
    setProblem(null);
    try {
      await command(`mutation ($name: String!) { ${publish ? 'publishCertificateType' : 'withdrawCertificateType'}(name: $name) { state } }`, { name: type.name });
      await refresh();
      found.again();
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <>
      {problem !== null && <Problem error={problem} />}
      <Shown of={found}>
        {(type) =>
          type === null ? (
            <Heading title={t('没有这个类型', 'There is no such type')} about={name} />
          ) : (
            <>
              <Heading
                title={<>{type.title} <Tag tone={typeStateTone(type.state)}>{typeStateWord(type.state)}</Tag></>}
                about={<><Code>{type.typeCode}</Code> · {type.definingAuthority} · {t('版本', 'version')} {type.version}</>}
              >
                {mutations.has(`issue${type.name}`) && <a class="button primary" href={to('issue', type.name)}>{t('签发', 'Issue')}</a>}
                {mutations.has('publishCertificateType') && type.state !== 'PUBLISHED' && (
                  <button type="button" class="primary" onClick={() => void change(type, true)}>{t('发布', 'Publish')}</button>
                )}
                {mutations.has('withdrawCertificateType') && type.state === 'PUBLISHED' && (
                  <button type="button" class="dangerous" onClick={() => void change(type, false)}>{t('停用', 'Withdraw')}</button>
                )}
                <a class="button" href={`/docs/types/${encodeURIComponent(type.name)}`} target="_blank" rel="noopener">{t('对接文档', 'Interface document')}</a>
              </Heading>
              <section class="card">
                <h2>{t('目录信息（GB/T 36902）', 'Catalogue (GB/T 36902)')}</h2>
                <Facts
                  list={[
                    [t('接口名', 'API name'), <Code>{type.name}</Code>],
                    [t('依据标准', 'Standard'), type.standard],
                    [t('定义机构', 'Defined by'), bracketed(type.definingAuthority, type.definingAuthorityCode)],
                    [t('持证主体类别', 'Kind of holder'), coded(type.holderCategory)],
                    [t('颁发机构级别', 'Level of issuer'), coded(type.issuingLevel)],
                    [t('有效期限范围', 'Validity'), type.validityRange],
                    [t('关联事项', 'Items'), type.relatedItems.join('、')],
                    [t('代码可信程度', 'Grade of the code'), type.typeCodeGrade],
                    [t('类型文件 SM3', 'SM3 of the file'), <Code>{type.digest}</Code>],
                  ]}
                />
              </section>
              <section class="card">
                <h2>{t(`数据项（${type.fields.length}）`, `Data (${type.fields.length})`)}</h2>
                <Table
                  caption={t('数据项', 'Data')}
                  rows={type.fields}
                  id={({ name: field }) => field}
                  columns={[
                    { name: t('名称', 'Title'), cell: (field) => field.title },
                    { name: t('属性名', 'Property'), cell: (field) => <Code>{field.name}</Code> },
                    { name: t('标准短名', 'Short name'), cell: (field) => (field.shortName ? <Code>{field.shortName}</Code> : '—') },
                    { name: t('类型', 'Type'), cell: (field) => field.scalar },
                    { name: t('必填', 'Required'), cell: (field) => (field.required ? t('是', 'yes') : '—') },
                    { name: t('可检索', 'Searchable'), cell: (field) => (field.searchable ? t('是', 'yes') : '—') },
                  ]}
                />
              </section>
              {type.example && (
                <section class="card">
                  <h2>{t('虚构示例', 'Made-up example')}</h2>
                  <pre class="json" tabIndex={0}>{JSON.stringify(shortened(type.example), null, 2)}</pre>
                </section>
              )}
              {mutations.has('registerFace') && <Face type={type.name} title={type.title} />}
            </>
          )
        }
      </Shown>
    </>
  );
}

/** Pictures would fill the page. */
function shortened(value: unknown): unknown {
  if (typeof value === 'string') return value.length > 300 ? `${value.slice(0, 60)}…（${value.length}）` : value;
  if (Array.isArray(value)) return value.map(shortened);
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shortened(member)]));
  return value;
}
