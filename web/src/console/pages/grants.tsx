// What departments may read: grants, requests for them, and why a query is answered as it is.

import { useState } from 'preact/hooks';
import { command, query } from '../hub';
import { confirmed } from '../parts/confirm';
import { Code, Facts, Tag, Time } from '../parts/facts';
import { done } from '../parts/failure';
import { Problem, Shown, useLoaded } from '../parts/loaded';
import { Source } from '../parts/source';
import { Table } from '../parts/table';
import { to } from '../route';
import { t } from '../words';
import { Decide } from './access-request';
import { Heading } from './heading';

export interface Rule {
  name: string;
  department: string;
  type: string;
  fields: string[] | null;
  masked: string[];
  items: string[] | null;
  rows: unknown;
  until: string | null;
  legalBasis: string;
}

interface Grant extends Rule {
  putBy: string | null;
  putAt: string | null;
  endedAt: string | null;
  endedBy: string | null;
  endReason: string | null;
}

export interface AccessRequest {
  id: string;
  state: string;
  asked: Rule;
  granted: Rule | null;
  askedBy: string;
  askedAt: string;
  decidedBy: string | null;
  decidedAt: string | null;
  reason: string | null;
}

export const RULE = 'name department type fields masked items rows until legalBasis';

const READ = `query ($ended: Boolean!) {
  grants(ended: $ended) { ${RULE} putBy putAt endedAt endedBy endReason }
  accessRequests { id state asked { ${RULE} } granted { ${RULE} } askedBy askedAt decidedBy decidedAt reason }
}`;

const TEMPLATE = `{
  "name": "",
  "department": "",
  "type": "",
  "fields": [],
  "masked": [],
  "items": [],
  "until": "",
  "legalBasis": ""
}
`;

export function Grants() {
  const [ended, setEnded] = useState(false);
  const [adding, setAdding] = useState(false);
  const found = useLoaded(() => query<{ grants: Grant[]; accessRequests: AccessRequest[] }>(READ, { ended }), [ended]);
  return (
    <>
      <Heading title={t('授权', 'Grants')} about={t('部门 × 类型 × 字段 × 事项 × 数据范围 × 期限 × 依据。', 'Department, type, fields, matters, rows, term and legal basis.')}>
        <button type="button" class="primary" onClick={() => setAdding(!adding)}>{t('登记授权', 'Put a grant')}</button>
      </Heading>
      {adding && <Put done={() => { setAdding(false); found.again(); }} />}
      <Shown of={found}>
        {({ grants, accessRequests }) => (
          <>
            <Requests list={accessRequests} changed={found.again} />
            <section class="card">
              <h2>{t('现行授权', 'Grants')}</h2>
              <label class="tick">
                <input type="checkbox" name="ended" checked={ended} onChange={(event) => setEnded(event.currentTarget.checked)} />
                <span>{t('含已替换、已撤回的', 'with those replaced or withdrawn')}</span>
              </label>
              <List grants={grants} changed={found.again} />
            </section>
          </>
        )}
      </Shown>
      <Explain />
    </>
  );
}

export const names = (list: string[] | null): string => (list === null ? t('全部', 'all') : list.length === 0 ? '—' : list.join('、'));

function List({ grants, changed }: { grants: Grant[]; changed: () => void }) {
  const withdraw = async (grant: Grant): Promise<void> => {
    const given = await confirmed({
      title: t('撤回授权', 'Withdraw the grant'),
      what: [[t('规则名', 'Name'), grant.name], [t('部门', 'Department'), grant.department], [t('证照类型', 'Type'), grant.type], [t('字段', 'Fields'), names(grant.fields)], [t('依据', 'Legal basis'), grant.legalBasis]],
      meaning: t('撤回即时生效，该部门随即读不到这些字段。', 'It takes effect at once: the department can read these fields no more.'),
      verb: t('撤回', 'Withdraw'),
      reason: true,
      danger: true,
    });
    if (!given) return;
    const text = 'mutation ($name: String!, $reason: String!) { withdrawGrant(name: $name, reason: $reason) { name } }';
    if (await done(() => command(text, { name: grant.name, reason: given.reason }))) changed();
  };
  if (grants.length === 0) return <p class="empty">{t('没有授权：部门只能读其令牌载明的类型。', 'No grant: departments read the types that their tokens name.')}</p>;
  return (
    <div class="columns">
      {grants.map((grant) => (
        <article class="card grant" key={`${grant.name} ${grant.putAt}`}>
          <h3><Code>{grant.name}</Code> {grant.endedAt && <Tag tone="calm">{t('已结束', 'ended')}</Tag>}</h3>
          <Facts
            list={[
              [t('部门', 'Department'), <Code>{grant.department}</Code>],
              [t('证照类型', 'Type'), <a href={to('types', grant.type)}>{grant.type}</a>],
              [t('明文字段', 'In clear'), names(grant.fields)],
              [t('脱敏字段', 'Masked'), names(grant.masked)],
              [t('事项', 'Matters'), grant.items === null ? t('不限', 'any') : names(grant.items)],
              [t('数据范围', 'Rows'), grant.rows ? <code>{JSON.stringify(grant.rows)}</code> : t('不限', 'any')],
              [t('截止', 'Until'), grant.until ?? t('长期', 'open-ended')],
              [t('依据', 'Legal basis'), grant.legalBasis],
              [t('登记', 'Put'), <>{grant.putBy} <Time of={grant.putAt} /></>],
              [t('结束', 'Ended'), grant.endedAt && <>{grant.endReason} · {grant.endedBy} <Time of={grant.endedAt} /></>],
            ]}
          />
          {!grant.endedAt && <div class="buttons"><button type="button" class="dangerous" onClick={() => void withdraw(grant)}>{t('撤回', 'Withdraw')}<span class="hidden"> {grant.name}</span></button></div>}
        </article>
      ))}
    </div>
  );
}

function Put({ done: finished }: { done: () => void }) {
  const [source, setSource] = useState(TEMPLATE);
  const [problem, setProblem] = useState<unknown>(null);
  const put = async (): Promise<void> => {
    const agreed = await confirmed({
      title: t('登记授权', 'Put a grant'),
      what: told(source),
      meaning: t('登记即时生效；同名的授权被替换。', 'It is live at once, and replaces the one of its name.'),
      verb: t('登记', 'Put'),
    });
    if (!agreed) return;
    setProblem(null);
    try {
      await command('mutation ($source: String!) { putGrant(source: $source) { name } }', { source });
      finished();
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <section class="card">
      <h2>{t('授权文件', 'File of a grant')}</h2>
      <Source label={t('授权文件全文', 'Text of the grant')} text={source} change={setSource} found={[]} />
      {problem !== null && <Problem error={problem} />}
      <div class="buttons"><button type="button" class="primary" onClick={() => void put()}>{t('登记', 'Put')}</button></div>
    </section>
  );
}

/** What a file says that may not read yet: the hub judges it. */
function told(source: string): [string, string][] {
  try {
    const { name, department, type, legalBasis } = JSON.parse(source) as Partial<Rule>;
    return [[t('规则名', 'Name'), String(name)], [t('部门', 'Department'), String(department)], [t('证照类型', 'Type'), String(type)], [t('依据', 'Legal basis'), String(legalBasis)]];
  } catch {
    return [[t('授权文件', 'File'), t('不是 JSON', 'no JSON')]];
  }
}

export const stateTone = (state: string): string => ({ WAITING: 'warn', GRANTED: 'good' })[state] ?? 'bad';

export const stateWord = (state: string): string => ({ WAITING: t('待办', 'Waiting'), GRANTED: t('已授权', 'Granted'), REFUSED: t('未批准', 'Refused') })[state] ?? state;

function Requests({ list, changed }: { list: AccessRequest[]; changed: () => void }) {
  const [deciding, setDeciding] = useState<AccessRequest | null>(null);
  return (
    <section class="card">
      <h2>{t('授权申请', 'Requests')}</h2>
      {deciding && <Decide request={deciding} close={() => setDeciding(null)} done={() => { setDeciding(null); changed(); }} />}
      <Table
        caption={t('授权申请', 'Requests')}
        rows={list}
        id={({ id }) => id}
        empty={t('没有申请。', 'No requests.')}
        columns={[
          { name: t('部门', 'Department'), cell: ({ asked }) => <Code>{asked.department}</Code> },
          { name: t('证照类型', 'Type'), cell: ({ asked }) => asked.type },
          { name: t('申请字段', 'Fields'), cell: ({ asked }) => names(asked.fields) },
          { name: t('事项', 'Matters'), cell: ({ asked }) => (asked.items === null ? t('不限', 'any') : names(asked.items)) },
          { name: t('依据', 'Legal basis'), cell: ({ asked }) => asked.legalBasis },
          { name: t('申请', 'Asked'), cell: ({ askedBy, askedAt }) => <>{askedBy} <Time of={askedAt} /></> },
          { name: t('状态', 'State'), cell: ({ state, reason }) => <><Tag tone={stateTone(state)}>{stateWord(state)}</Tag> {reason}</> },
          { name: t('操作', 'Do'), cell: (request) => (request.state === 'WAITING' ? <button type="button" onClick={() => setDeciding(request)}>{t('办理', 'Decide')}</button> : '—') },
        ]}
      />
    </section>
  );
}

export interface Explained {
  path: string | null;
  type: string;
  field: string | null;
  access: string;
  rule: string;
  items: string[] | null;
  until: string | null;
  legalBasis: string[] | null;
}

const EXPLAIN = `query ($department: String!, $query: String!, $item: String) {
  explainAccess(department: $department, query: $query, item: $item) { path type field access rule items until legalBasis }
}`;

export const accessTone = (access: string): string => ({ ALLOWED: 'good', MASKED: 'warn' })[access] ?? 'bad';

export const accessWord = (access: string): string => ({ ALLOWED: t('明文', 'in clear'), MASKED: t('脱敏', 'masked'), DENIED: t('不可读', 'denied') })[access] ?? access;

function Explain() {
  const [given, setGiven] = useState({ department: '', item: '', query: '' });
  const [found, setFound] = useState<Explained[] | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const explain = async (event: Event): Promise<void> => {
    event.preventDefault();
    setProblem(null);
    setFound(null);
    try {
      const { explainAccess } = await query<{ explainAccess: Explained[] }>(EXPLAIN, { department: given.department.trim(), query: given.query, item: given.item.trim() || null });
      setFound(explainAccess);
    } catch (error) {
      setProblem(error);
    }
  };
  const set = (key: keyof typeof given) => (event: { currentTarget: { value: string } }) => setGiven({ ...given, [key]: event.currentTarget.value });
  return (
    <section class="card">
      <h2>{t('某部门的某查询能看到什么，为什么', 'What a department would see of a query, and why')}</h2>
      <p class="fine">{t('只解释，不读取任何数据。', 'Nothing is read.')}</p>
      <form onSubmit={(event) => void explain(event)}>
        <div class="two">
          <label class="field"><span>{t('部门统一社会信用代码', 'Credit code of the department')}</span><input name="explain-department" required value={given.department} onInput={set('department')} /></label>
          <label class="field"><span>{t('事项编码', 'Code of the matter')}</span><input name="explain-item" value={given.item} onInput={set('item')} /></label>
        </div>
        <label class="field">
          <span>{t('查询（GraphQL）', 'Query (GraphQL)')}</span>
          <textarea name="explain-query" class="code" rows={6} required spellcheck={false} value={given.query} placeholder="{ safetyOfficerCertificates(first: 10) { nodes { number personName categoryCode { code } } } }" onInput={set('query')} />
        </label>
        <div class="buttons"><button type="submit" class="primary">{t('解释', 'Explain')}</button></div>
      </form>
      {problem !== null && <Problem error={problem} />}
      {found && (
        <Table
          caption={t('逐个字段', 'Field by field')}
          rows={found}
          id={({ path, type, field }) => `${path} ${type} ${field}`}
          columns={[
            { name: t('位置', 'Where'), cell: ({ path }) => <code>{path ?? '—'}</code> },
            { name: t('类型与字段', 'Type and field'), cell: ({ type, field }) => <code>{field ? `${type}.${field}` : type}</code> },
            { name: t('结果', 'Access'), cell: ({ access }) => <Tag tone={accessTone(access)}>{accessWord(access)}</Tag> },
            { name: t('规则', 'Rule'), cell: ({ rule }) => rule },
            { name: t('截止', 'Until'), cell: ({ until }) => until ?? '—' },
            { name: t('依据', 'Legal basis'), cell: ({ legalBasis }) => legalBasis?.join('；') ?? '—' },
          ]}
        />
      )}
    </section>
  );
}
