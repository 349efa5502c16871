// Issuing, and making a new version, from a form that the type's input makes.

import { useEffect, useState } from 'preact/hooks';
import { catalogue } from '../catalogue';
import { type FormField, fields } from '../form/fields';
import { Form } from '../form/form';
import { input, type Tree, tree } from '../form/values';
import { command, file, Refusal } from '../hub';
import { confirmed } from '../parts/confirm';
import { Code, Facts, Status } from '../parts/facts';
import { Problem, Shown, useLoaded } from '../parts/loaded';
import { go, to } from '../route';
import { shape } from '../schema';
import { identity } from '../signin';
import { t } from '../words';
import { Heading } from './heading';
import { type FullType, fullType } from './type';

/** A certificate that the new one takes the place of, and how. */
export interface Before {
  operation: string;
  id: string;
}

export function Issue({ type, before }: { type: string | null; before: Before | null }) {
  return type === null ? <Choose /> : <Fill name={type} before={before} />;
}

function Choose() {
  const types = useLoaded(catalogue, []);
  const mutations = identity.value?.rights.mutations ?? new Set();
  return (
    <>
      <Heading title={t('签发证照', 'Issue a certificate')} about={t('先选择证照类型。', 'Choose its type first.')} />
      <Shown of={types}>
        {(list) => {
          const issuable = list.filter(({ name }) => mutations.has(`issue${name}`));
          return issuable.length === 0 ? (
            <p class="empty">{t('当前身份没有可签发的类型。', 'The present identity may issue no type.')}</p>
          ) : (
            <ul class="choices">
              {issuable.map((one) => (
                <li key={one.name}>
                  <a class="card" href={to('issue', one.name)}>
                    <b>{one.title}</b>
                    <Code>{one.typeCode}</Code>
                  </a>
                </li>
              ))}
            </ul>
          );
        }}
      </Shown>
    </>
  );
}

interface Ready {
  type: FullType;
  data: FormField[];
  rest: FormField[];
  filled: Tree;
}

const restWord = (name: string): { zh: string; en: string } | null =>
  ({
    number: { zh: '证照编号', en: 'Number' },
    issuer: { zh: '颁发机构统一社会信用代码', en: 'Credit code of the issuer' },
    issuedOn: { zh: '颁发日期', en: 'Issued on' },
    validFrom: { zh: '有效期起始日期', en: 'Valid from' },
    validTo: { zh: '有效期截止日期', en: 'Valid to' },
  })[name] ?? null;

async function ready(name: string, before: Before | null): Promise<Ready | null> {
  const [type, form] = await Promise.all([fullType(name), shape(`Issue${name}Input`)]);
  if (!type || !form) return null;
  const all = await fields(form);
  const data = all.find((field) => field.name === 'data')?.members ?? [];
  const rest = all.flatMap((field) => {
    const word = restWord(field.name);
    return word ? [{ ...field, ...word }] : [];
  });
  return { type, data, rest, filled: before ? tree(data, await signedData(before.id)) : {} };
}

/** The data of a certificate as they were signed, pictures put back in. */
async function signedData(id: string): Promise<Record<string, unknown>> {
  const text = await (await file(`/certificates/${encodeURIComponent(id)}.json`)).text();
  const { statement, attachments = {} } = JSON.parse(text) as { statement: string; attachments?: Record<string, string> };
  const { data } = JSON.parse(statement) as { data: Record<string, unknown> };
  const whole = (value: unknown): unknown =>
    typeof value === 'string'
      ? (attachments[value] ?? value)
      : Array.isArray(value)
        ? value.map(whole)
        : value && typeof value === 'object'
          ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, whole(member)]))
          : value;
  return whole(data) as Record<string, unknown>;
}

interface Made {
  id: string;
  identifier: string;
  number: string;
  status: string;
  holders: { name: string | null }[];
}

const operations = (operation: string): { title: string; verb: string } =>
  operation === 'renew' ? { title: t('延续', 'Renew'), verb: t('延续', 'Renew') } : { title: t('变更', 'Amend'), verb: t('变更', 'Amend') };

function Fill({ name, before }: { name: string; before: Before | null }) {
  const found = useLoaded(() => ready(name, before), [name, before?.id]);
  return (
    <Shown of={found}>
      {(form) => (form ? <Filled form={form} before={before} /> : <Heading title={t('没有这个类型，或当前身份不能签发它', 'No such type, or it is not yours to issue')} about={name} />)}
    </Shown>
  );
}

function Filled({ form, before }: { form: Ready; before: Before | null }) {
  const [data, setData] = useState<Tree>(form.filled);
  const [rest, setRest] = useState<Tree>({});
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<Made | null>(null);
  // Of this filling in: sent twice, it is issued once.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const faults = new Map<string, string[]>();
  if (problem instanceof Refusal) for (const { path, message } of problem.faults) faults.set(path, [...(faults.get(path) ?? []), message]);
  useEffect(() => {
    if (faults.size > 0) document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [problem]);
  const { type } = form;
  const words = before && operations(before.operation);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const agreed = await confirmed({
      title: words ? words.title : t('签发证照', 'Issue the certificate'),
      what: [[t('证照类型', 'Type'), type.title], [t('类型代码', 'Code'), type.typeCode], [t('版本', 'Version of the type'), type.version], ...(before ? ([[t('现行版本', 'Present version'), before.id]] as [string, string][]) : [])],
      verb: words ? words.verb : t('签发', 'Issue'),
      meaning: before
        ? t('将以同一编号生成新版本并签名，原版本随即被替代。', 'A new version is signed under the same number, and takes the place of the present one.')
        : t('数据将以颁发机构的签名固定，编号随即占用；签发后只能变更或撤销，不能删除。', 'The data are signed by the authority and the number is used; afterwards it can be amended or revoked, never deleted.'),
    });
    if (!agreed) return;
    setBusy(true);
    setProblem(null);
    const sent = { ...input(form.rest, rest), data: input(form.data, data), idempotencyKey: key };
    const answer = '{ id identifier number status holders { name } }';
    const root = `${before ? before.operation : 'issue'}${type.name}`;
    try {
      const text = before
        ? `mutation ($id: ID!, $input: Issue${type.name}Input!, $reason: String) { made: ${root}(id: $id, input: $input, reason: $reason) ${answer} }`
        : `mutation ($input: Issue${type.name}Input!) { made: ${root}(input: $input) ${answer} }`;
      const { made: result } = await command<{ made: Made }>(text, before ? { id: before.id, input: sent, reason: reason.trim() || null } : { input: sent });
      setMade(result);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  if (made) {
    return (
      <>
        <Heading title={words ? t('新版本已生成', 'The new version is made') : t('已签发', 'Issued')} />
        <section class="card">
          <div class="notice good" role="status"><p>{t('数据已签名并通过自验。', 'The data are signed, and the hub has verified its own signature.')}</p></div>
          <Facts
            list={[
              [t('证照类型', 'Type'), type.title],
              [t('证照编号', 'Number'), made.number],
              [t('证照标识', 'Identifier'), <Code>{made.identifier}</Code>],
              [t('持证主体', 'Holder'), made.holders.map(({ name }) => name).join('、')],
              [t('状态', 'Status'), <Status of={made.status} />],
            ]}
          />
          <div class="buttons">
            <button type="button" class="primary" onClick={() => go('certificates', made.id)}>{t('查看与预览', 'Open and preview')}</button>
            {!before && (
              <button
                type="button"
                onClick={() => {
                  setMade(null);
                  setData({});
                  setRest({});
                  setKey(crypto.randomUUID());
                }}
              >
                {t('再签发一份', 'Issue another')}
              </button>
            )}
          </div>
        </section>
      </>
    );
  }
  return (
    <>
      <Heading title={`${words ? words.title : t('签发', 'Issue')}${t('：', ': ')}${type.title}`} about={<Code>{type.typeCode}</Code>}>
        {type.example && !before && (
          <button type="button" onClick={() => setData(tree(form.data, type.example ?? {}))}>{t('填入虚构示例', 'Fill in the made-up example')}</button>
        )}
      </Heading>
      <form class="card" onSubmit={(event) => void submit(event)} noValidate>
        {problem !== null && <Problem error={problem} />}
        <h2>{t('数据项', 'Data')}</h2>
        <Form list={form.data} tree={data} change={setData} faults={faults} root="data" />
        <details>
          <summary>{t('编号、日期与机构（不填则按类型规则）', 'Number, dates and issuer (by the rules of the type where left empty)')}</summary>
          <Form list={form.rest} tree={rest} change={setRest} faults={new Map([...faults].map(([path, found]) => [`.${path}`, found]))} root="" />
        </details>
        {before && (
          <label class="field">
            <span>{t('原因', 'Reason')}</span>
            <input name="reason" maxLength={500} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
          </label>
        )}
        <div class="buttons">
          <button type="submit" class="primary" disabled={busy}>{busy ? t('正在签发…', 'Issuing…') : words ? words.verb : t('签发', 'Issue')}</button>
          <a class="button" href={before ? to('certificates', before.id) : to('issue')}>{t('取消', 'Cancel')}</a>
        </div>
      </form>
    </>
  );
}
