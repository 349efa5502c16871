// Authorities and the register of their seals.

import { useState } from 'preact/hooks';
import { query } from '../hub';
import { Code, Facts, Tag, Time } from '../parts/facts';
import { Shown, useLoaded } from '../parts/loaded';
import { Table } from '../parts/table';
import { to } from '../route';
import { sealStatusTone, sealStatusWord, t } from '../words';
import { AuthorityForm } from './authority-form';
import { Heading } from './heading';
import { SealForm } from './seal-form';
import { changeSeal } from './seal-status';

export interface Authority {
  code: string;
  name: string;
  level: { code: string; label: string | null } | null;
  division: { code: string; label: string | null } | null;
  parent: { code: string; name: string } | null;
}

interface Use {
  id: string;
  identifier: string | null;
  versionId: string;
  at: string;
  actor: string;
  format: string;
  digest: string;
}

export interface Seal {
  code: string;
  name: string;
  custodian: string;
  registeredBy: string;
  registeredAt: string;
  width: number;
  height: number;
  validFrom: string;
  validTo: string;
  changedAt: string;
  picture: string;
  shape: string;
  status: string;
  reason: string | null;
  types: string[] | null;
  maker: string | null;
  useCount: number;
  uses: Use[] | null;
  authority: Authority | null;
}

const SEALS = `{ seals { code name custodian registeredBy registeredAt width height validFrom validTo changedAt picture shape status reason types maker useCount
  uses(first: 10) { id identifier versionId at actor format digest }
  authority { code name level { code label } division { code label } parent { code name } } } }`;

/** Every authority that a seal names; there is no list of those without one. */
export function authoritiesOf(seals: Seal[]): Authority[] {
  const known = new Map<string, Authority>();
  for (const { authority } of seals) if (authority) known.set(authority.code, authority);
  return [...known.values()].sort((one, other) => one.code.localeCompare(other.code));
}

export function Authorities() {
  const found = useLoaded(async () => (await query<{ seals: Seal[] }>(SEALS)).seals, []);
  const [adding, setAdding] = useState<'authority' | 'seal' | null>(null);
  const done = (): void => {
    setAdding(null);
    found.again();
  };
  return (
    <>
      <Heading title={t('机构与印章', 'Authorities and seals')} about={t('颁发机构以登记在册、在用且在有效期内的印章签章。', 'Authorities seal with seals that are registered, active and within their term.')}>
        <button type="button" onClick={() => setAdding('authority')}>{t('登记机构', 'Register an authority')}</button>
        <button type="button" class="primary" onClick={() => setAdding('seal')}>{t('制作印章', 'Make a seal')}</button>
      </Heading>
      <Shown of={found}>
        {(seals) => (
          <>
            {adding === 'authority' && <AuthorityForm known={authoritiesOf(seals)} close={() => setAdding(null)} done={done} />}
            {adding === 'seal' && <SealForm known={authoritiesOf(seals)} close={() => setAdding(null)} done={done} />}
            <section class="card">
              <h2>{t('颁发机构', 'Authorities')}</h2>
              <p class="fine">{t('此处列出有印章的机构；接口暂不能列出没有印章的机构。', 'Those with a seal; the API does not list authorities without one yet.')}</p>
              <Table
                caption={t('颁发机构', 'Authorities')}
                rows={authoritiesOf(seals)}
                id={({ code }) => code}
                columns={[
                  { name: t('名称', 'Name'), cell: ({ name }) => name },
                  { name: t('统一社会信用代码', 'Credit code'), cell: ({ code }) => <Code>{code}</Code> },
                  { name: t('级别', 'Level'), cell: ({ level }) => level?.label ?? level?.code ?? '—' },
                  { name: t('行政区划', 'Division'), cell: ({ division }) => division?.label ?? division?.code ?? '—' },
                  { name: t('上级机构', 'Above it'), cell: ({ parent }) => parent?.name ?? '—' },
                  { name: t('印章', 'Seals'), number: true, cell: ({ code }) => seals.filter(({ authority }) => authority?.code === code).length },
                ]}
              />
            </section>
            <section>
              <h2>{t(`印章登记（${seals.length}）`, `Register of seals (${seals.length})`)}</h2>
              <div class="seals">{seals.map((seal) => <SealCard key={seal.code} seal={seal} changed={found.again} />)}</div>
            </section>
          </>
        )}
      </Shown>
    </>
  );
}

const shapeWord = (shape: string): string => ({ ROUND: t('圆形', 'round'), OVAL: t('椭圆形', 'oval'), PICTURE: t('图片', 'picture') })[shape] ?? shape;

function SealCard({ seal, changed }: { seal: Seal; changed: () => void }) {
  const lapsed = Date.parse(seal.validTo) < Date.now();
  return (
    <article class="card seal" data-code={seal.code}>
      <img class="imprint" src={`data:image/png;base64,${seal.picture}`} alt={t(`印模：${seal.name}`, `Imprint: ${seal.name}`)} width="120" />
      <div>
        <h3>
          {seal.name} <Tag tone={sealStatusTone(seal.status)}>{sealStatusWord(seal.status)}</Tag> {lapsed && <Tag tone="bad">{t('已过期', 'Lapsed')}</Tag>}
        </h3>
        <Facts
          list={[
            [t('印章编码', 'Code'), <Code>{seal.code}</Code>],
            [t('颁发机构', 'Authority'), seal.authority?.name],
            [t('保管人', 'Custodian'), seal.custodian],
            [t('形状', 'Shape'), `${shapeWord(seal.shape)}，${seal.width} × ${seal.height} mm`],
            [t('有效期', 'Term'), <><Time of={seal.validFrom} /> {t('至', 'to')} <Time of={seal.validTo} /></>],
            [t('适用类型', 'For types'), seal.types ? seal.types.join('、') : t('全部', 'all')],
            [t('制章人', 'Maker'), seal.maker],
            [t('登记', 'Registered'), <>{seal.registeredBy} · <Time of={seal.registeredAt} /></>],
            [t('最近变更', 'Last change'), seal.reason && <>{seal.reason} · <Time of={seal.changedAt} /></>],
          ]}
        />
        <details>
          <summary>{t(`用印记录（${seal.useCount}）`, `Uses (${seal.useCount})`)}</summary>
          <Table
            caption={t('用印记录', 'Uses')}
            rows={seal.uses ?? []}
            id={({ id }) => id}
            empty={t('尚未用印', 'Not used yet')}
            columns={[
              { name: t('时间', 'When'), cell: ({ at }) => <Time of={at} /> },
              { name: t('证照', 'Certificate'), cell: ({ identifier, versionId }) => <a class="code" href={to('certificates', versionId)}>{identifier ?? versionId}</a> },
              { name: t('文件', 'File'), cell: ({ format }) => format.toUpperCase() },
              { name: t('用印人', 'By'), cell: ({ actor }) => actor },
            ]}
          />
        </details>
        {seal.status !== 'DESTROYED' && (
          <div class="buttons">
            {seal.status === 'ACTIVE' && <button type="button" onClick={() => void changeSeal('suspend', seal, changed)}>{t('停用', 'Suspend')}</button>}
            {seal.status === 'SUSPENDED' && <button type="button" onClick={() => void changeSeal('resume', seal, changed)}>{t('恢复', 'Resume')}</button>}
            <button type="button" class="dangerous" onClick={() => void changeSeal('destroy', seal, changed)}>{t('销毁', 'Destroy')}</button>
          </div>
        )}
      </div>
    </article>
  );
}

