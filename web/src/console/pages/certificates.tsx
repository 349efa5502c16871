// Searching certificates of every type: by number, holder, type and status.

import { signal } from '@preact/signals';
import { type CatalogueType, catalogue } from '../catalogue';
import { query } from '../hub';
import { Code, Status, Term } from '../parts/facts';
import { Shown, useLoaded } from '../parts/loaded';
import { Table } from '../parts/table';
import { to } from '../route';
import { STATUSES, statusWord, t } from '../words';
import { Heading } from './heading';

interface Found {
  id: string;
  identifier: string;
  typeName: string;
  number: string;
  status: string;
  validFrom: string | null;
  validTo: string | null;
  issuer: { name: string };
  holders: { name: string | null; code: string | null }[];
}

interface Page {
  totalCount: number | null;
  nodes: Found[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

const SEARCH = `query ($number: String, $holderCode: String, $typeCodes: [String!], $status: [CertificateStatus!], $after: String) {
  certificates(number: $number, holderCode: $holderCode, typeCodes: $typeCodes, status: $status, first: 20, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { id identifier typeName number status validFrom validTo issuer { name } holders { name code } }
  }
}`;

interface Wanted {
  number: string;
  holderCode: string;
  type: string;
  status: string;
}

const NOTHING: Wanted = { number: '', holderCode: '', type: '', status: '' };

// What was searched for stays while one looks at a result; it is in memory only, for a holder's code is personal.
const form = signal<Wanted>(NOTHING);
const asked = signal<Wanted | null>(null);
/** Cursors of the pages gone through. */
const before = signal<(string | null)[]>([null]);

export function forgetSearch(): void {
  form.value = NOTHING;
  asked.value = null;
  before.value = [null];
}

export function Certificates() {
  const types = useLoaded(catalogue, []);
  const set = (key: keyof Wanted) => (event: { currentTarget: { value: string } }) => (form.value = { ...form.value, [key]: event.currentTarget.value });
  return (
    <>
      <Heading title={t('证照查询', 'Certificates')} about={t('跨类型检索；每次读取都按用途记录。', 'Across all types; every read is recorded with its purpose.')} />
      <section class="card">
        <form
          class="search"
          role="search"
          onSubmit={(event) => {
            event.preventDefault();
            before.value = [null];
            asked.value = { ...form.value };
          }}
        >
          <label class="field"><span>{t('证照编号', 'Number')}</span><input name="number" value={form.value.number} onInput={set('number')} autoComplete="off" /></label>
          <label class="field">
            <span>{t('持证主体代码', 'Code of the holder')}</span>
            <input name="holderCode" value={form.value.holderCode} onInput={set('holderCode')} autoComplete="off" placeholder={t('身份证号或统一社会信用代码', 'citizen number or credit code')} />
          </label>
          <label class="field">
            <span>{t('证照类型', 'Type')}</span>
            <select name="type" value={form.value.type} onChange={set('type')}>
              <option value="">{t('全部', 'all')}</option>
              {(types.data ?? []).filter(({ state }) => state !== 'DRAFT').map((type: CatalogueType) => <option key={type.name} value={type.name}>{type.title}</option>)}
            </select>
          </label>
          <label class="field">
            <span>{t('状态', 'Status')}</span>
            <select name="status" value={form.value.status} onChange={set('status')}>
              <option value="">{t('全部', 'all')}</option>
              {STATUSES.map((status) => <option key={status} value={status}>{statusWord(status)}</option>)}
            </select>
          </label>
          <div class="buttons">
            <button type="submit" class="primary">{t('查询', 'Search')}</button>
            <button type="button" onClick={forgetSearch}>{t('清空', 'Clear')}</button>
          </div>
        </form>
      </section>
      {asked.value ? <Results wanted={asked.value} /> : <p class="empty">{t('填写条件后查询；不填条件则列出全部。', 'Fill in what you look for, or nothing for all.')}</p>}
    </>
  );
}

function Results({ wanted }: { wanted: Wanted }) {
  const after = before.value[before.value.length - 1] ?? null;
  const found = useLoaded(
    async () =>
      (
        await query<{ certificates: Page }>(SEARCH, {
          number: wanted.number.trim() || null,
          holderCode: wanted.holderCode.trim() || null,
          typeCodes: wanted.type ? [wanted.type] : null,
          status: wanted.status ? [wanted.status] : null,
          after,
        })
      ).certificates,
    [JSON.stringify(wanted), after],
  );
  return (
    <section class="card">
      <Shown of={found}>
        {({ totalCount, nodes, pageInfo }) => (
          <>
            <div role="status"><h2>{totalCount === null ? t('结果超过 10,000 份', 'More than 10,000 found') : t(`共 ${totalCount} 份`, `${totalCount} found`)}</h2></div>
            <Table
              caption={t('查询结果', 'Results')}
              rows={nodes}
              id={({ id }) => id}
              empty={t('没有符合条件的证照，或无权读取。', 'No certificate fits, or you may not read it.')}
              columns={[
                { name: t('证照编号', 'Number'), cell: (one) => <a href={to('certificates', one.id)}>{one.number}</a> },
                { name: t('证照类型', 'Type'), cell: ({ typeName }) => typeName },
                { name: t('持证主体', 'Holder'), cell: ({ holders }) => holders.map(({ name, code }) => <div>{name ?? '—'}{code && <> <Code>{code}</Code></>}</div>) },
                { name: t('颁发机构', 'Issuer'), cell: ({ issuer }) => issuer.name },
                { name: t('有效期', 'Term'), cell: ({ validFrom, validTo }) => <Term from={validFrom} to={validTo} /> },
                { name: t('状态', 'Status'), cell: ({ status }) => <Status of={status} /> },
              ]}
            />
            <div class="buttons paging">
              <button type="button" disabled={before.value.length < 2} onClick={() => (before.value = before.value.slice(0, -1))}>{t('上一页', 'Previous')}</button>
              <span class="fine">{t(`第 ${before.value.length} 页`, `Page ${before.value.length}`)}</span>
              <button type="button" disabled={!pageInfo.hasNextPage} onClick={() => (before.value = [...before.value, pageInfo.endCursor])}>{t('下一页', 'Next')}</button>
            </div>
          </>
        )}
      </Shown>
    </section>
  );
}
