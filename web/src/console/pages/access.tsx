// A department's own access: each field of a type with the rule that allows it or not, and asking for more.

import { useState } from 'preact/hooks';
import { type CatalogueType, catalogue } from '../catalogue';
import { command, query } from '../hub';
import { Code, Tag, Time } from '../parts/facts';
import { Problem, Shown, useLoaded } from '../parts/loaded';
import { Table } from '../parts/table';
import { t } from '../words';
import { type AccessRequest, accessTone, accessWord, type Explained, names, RULE, stateTone, stateWord } from './grants';
import { Heading } from './heading';

const REQUESTS = `{ accessRequests { id state asked { ${RULE} } granted { ${RULE} } askedBy askedAt decidedBy decidedAt reason } }`;

export function Access() {
  const types = useLoaded(catalogue, []);
  const requests = useLoaded(async () => (await query<{ accessRequests: AccessRequest[] }>(REQUESTS)).accessRequests, []);
  return (
    <>
      <Heading title={t('本部门授权', 'Our access')} about={t('能读哪些字段，依据哪条规则；不够时在此申请，由管理员办理。', 'Which fields can be read, and by which rule; ask for more here, and an administrator decides.')} />
      <Shown of={types}>{(list) => <Fields types={list} asked={requests.again} />}</Shown>
      <section class="card">
        <h2>{t('本部门的申请', 'What we asked for')}</h2>
        <Shown of={requests}>
          {(list) => (
            <Table
              caption={t('本部门的申请', 'What we asked for')}
              rows={list}
              id={({ id }) => id}
              empty={t('没有申请。', 'No requests.')}
              columns={[
                { name: t('证照类型', 'Type'), cell: ({ asked }) => asked.type },
                { name: t('申请字段', 'Fields'), cell: ({ asked }) => names(asked.fields) },
                { name: t('批准', 'Granted'), cell: ({ granted }) => (granted ? `${names(granted.fields)}${granted.masked.length > 0 ? t(`；脱敏：${names(granted.masked)}`, `; masked: ${names(granted.masked)}`) : ''}` : '—') },
                { name: t('申请时间', 'Asked'), cell: ({ askedAt }) => <Time of={askedAt} /> },
                { name: t('状态', 'State'), cell: ({ state, reason }) => <><Tag tone={stateTone(state)}>{stateWord(state)}</Tag> {reason}</> },
              ]}
            />
          )}
        </Shown>
      </section>
    </>
  );
}

const RULES = 'query ($type: String!) { myAccess(type: $type) { path type field access rule items until legalBasis } }';

const ASK = `mutation ($type: String!, $fields: [String!]!, $items: [String!], $legalBasis: String!) {
  requestAccess(type: $type, fields: $fields, items: $items, legalBasis: $legalBasis) { id }
}`;

function Fields({ types, asked }: { types: CatalogueType[]; asked: () => void }) {
  const [name, setName] = useState(types[0]?.name ?? '');
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  const [items, setItems] = useState('');
  const [legalBasis, setLegalBasis] = useState('');
  const [problem, setProblem] = useState<unknown>(null);
  const found = useLoaded(async () => (await query<{ myAccess: Explained[] }>(RULES, { type: name })).myAccess, [name]);
  const ask = async (event: Event): Promise<void> => {
    event.preventDefault();
    setProblem(null);
    const matters = items.split(/[\s,，、]+/).filter(Boolean);
    try {
      await command(ASK, { type: name, fields: [...chosen], items: matters.length > 0 ? matters : null, legalBasis: legalBasis.trim() });
      setChosen(new Set());
      asked();
    } catch (error) {
      setProblem(error);
    }
  };
  const tick = (field: string, on: boolean): void => {
    const next = new Set(chosen);
    if (on) next.add(field);
    else next.delete(field);
    setChosen(next);
  };
  return (
    <section class="card">
      <label class="field short">
        <span>{t('证照类型', 'Type')}</span>
        <select name="access-type" value={name} onChange={(event) => { setName(event.currentTarget.value); setChosen(new Set()); }}>
          {types.map((type) => <option key={type.name} value={type.name}>{type.title}</option>)}
        </select>
      </label>
      <Shown of={found}>
        {(rules) => (
          <Table
            caption={t('逐个字段', 'Field by field')}
            rows={rules}
            id={({ type, field }) => `${type} ${field}`}
            columns={[
              {
                name: t('字段', 'Field'),
                cell: ({ field, access }) =>
                  field === null ? (
                    <b>{t('整个类型', 'the type')}</b>
                  ) : access === 'ALLOWED' ? (
                    <Code>{field}</Code>
                  ) : (
                    <label class="tick"><input type="checkbox" checked={chosen.has(field)} onChange={(event) => tick(field, event.currentTarget.checked)} /><span class="code">{field}</span></label>
                  ),
              },
              { name: t('结果', 'Access'), cell: ({ access }) => <Tag tone={accessTone(access)}>{accessWord(access)}</Tag> },
              { name: t('规则', 'Rule'), cell: ({ rule }) => rule },
              { name: t('事项', 'Matters'), cell: ({ items: matters }) => matters?.join('、') ?? t('不限', 'any') },
              { name: t('截止', 'Until'), cell: ({ until }) => until ?? '—' },
              { name: t('依据', 'Legal basis'), cell: ({ legalBasis: bases }) => bases?.join('；') ?? '—' },
            ]}
          />
        )}
      </Shown>
      {chosen.size > 0 && (
        <form class="search" onSubmit={(event) => void ask(event)}>
          <label class="field"><span>{t('事项编码（多个以逗号分隔，不填为不限）', 'Matters (codes, by commas; any where empty)')}</span><input name="items" value={items} onInput={(event) => setItems(event.currentTarget.value)} /></label>
          <label class="field"><span>{t('法律依据（必填）', 'Legal basis (required)')}</span><input name="legalBasis" required value={legalBasis} onInput={(event) => setLegalBasis(event.currentTarget.value)} /></label>
          <div class="buttons"><button type="submit" class="primary">{t(`申请 ${chosen.size} 个字段`, `Ask for ${chosen.size} fields`)}</button></div>
        </form>
      )}
      {problem !== null && <Problem error={problem} />}
    </section>
  );
}
