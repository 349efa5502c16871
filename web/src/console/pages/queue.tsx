// The officers' queue: what waits for a seal is looked at, sealed one by one or many at a time, or refused with a reason.

import { useState } from 'preact/hooks';
import { command, query } from '../hub';
import { confirmed } from '../parts/confirm';
import { Code, Status, Tag, Time } from '../parts/facts';
import { done } from '../parts/failure';
import { Problem, Shown, useLoaded } from '../parts/loaded';
import { Table } from '../parts/table';
import { to } from '../route';
import { identity } from '../signin';
import { t } from '../words';
import { Heading } from './heading';

interface Task {
  id: string;
  state: string;
  enteredAt: string | null;
  decidedAt: string | null;
  officer: string | null;
  reason: string | null;
  certificate: { id: string; typeName: string; number: string; status: string; issuer: { name: string }; holders: { name: string | null }[] } | null;
}

interface Result {
  id: string;
  ok: boolean;
  code: string | null;
  message: string | null;
}

const QUEUE = `query ($state: SealingState, $after: ID) { sealingQueue(state: $state, first: 50, after: $after) {
  id state enteredAt decidedAt officer reason certificate { id typeName number status issuer { name } holders { name } }
} }`;

const MOST = 50;
const STATES = ['WAITING', 'SEALED', 'REFUSED'];

const stateWord = (state: string): string => ({ WAITING: t('待签章', 'Waiting'), SEALED: t('已签章', 'Sealed'), REFUSED: t('已拒绝', 'Refused') })[state] ?? state;

const line = ({ certificate, id }: Task): string => (certificate ? `${certificate.number} ${certificate.holders.map(({ name }) => name ?? '—').join('、')}` : id);

export function Queue() {
  const [state, setState] = useState('WAITING');
  const [after, setAfter] = useState<string[]>([]);
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  const [results, setResults] = useState<Result[]>([]);
  const last = after[after.length - 1] ?? null;
  const found = useLoaded(async () => (await query<{ sealingQueue: Task[] }>(QUEUE, { state, after: last })).sealingQueue, [state, last]);
  const decides = identity.value?.rights.mutations.has('sealCertificates') ?? false;
  const show = (next: string): void => {
    setState(next);
    setAfter([]);
    setChosen(new Set());
  };
  const seal = async (tasks: Task[]): Promise<void> => {
    const agreed = await confirmed({
      title: t(`签章：${tasks.length} 份`, `Seal ${tasks.length}`),
      what: tasks.slice(0, 20).map((task, index) => [`${index + 1}. ${task.certificate?.typeName ?? ''}`, line(task)]),
      meaning: t('将以颁发机构的印章签章并制作 PDF 与 OFD；签章不可撤回。', 'The authority’s seal is put to their PDF and OFD. A seal cannot be taken back.') + (tasks.length > 20 ? t(`（另有 ${tasks.length - 20} 份）`, ` (${tasks.length - 20} more)`) : ''),
      verb: t('签章', 'Seal'),
      danger: true,
    });
    if (!agreed) return;
    await done(async () => {
      const text = 'mutation ($ids: [ID!]!) { sealCertificates(ids: $ids) { id ok code message } }';
      setResults((await command<{ sealCertificates: Result[] }>(text, { ids: tasks.map(({ id }) => id) })).sealCertificates);
    });
    setChosen(new Set());
    found.again();
  };
  const refuse = async (task: Task): Promise<void> => {
    const given = await confirmed({
      title: t('拒绝签章', 'Refuse to seal'),
      what: [
        [t('证照类型', 'Type'), task.certificate?.typeName],
        [t('证照', 'Certificate'), line(task)],
        [t('颁发机构', 'Issuer'), task.certificate?.issuer.name],
      ],
      meaning: t('证照移出队列，不签章；原因记录在案。', 'It leaves the queue without a seal, and the reason is kept.'),
      verb: t('拒绝', 'Refuse'),
      reason: true,
      danger: true,
    });
    if (!given) return;
    const text = 'mutation ($id: ID!, $reason: String!) { refuseSealing(id: $id, reason: $reason) { id ok code message } }';
    await done(async () => setResults([(await command<{ refuseSealing: Result }>(text, { id: task.id, reason: given.reason })).refuseSealing]));
    found.again();
  };
  const failed = results.filter(({ ok }) => !ok);
  return (
    <>
      <Heading title={t('签章队列', 'Sealing queue')} about={t('须人工签章的证照按签发先后排列。', 'Certificates that an officer seals, oldest first.')}>
        <button type="button" onClick={found.again}>{t('刷新', 'Refresh')}</button>
      </Heading>
      <div class="segments" role="group" aria-label={t('状态', 'State')}>
        {STATES.map((one) => <button key={one} type="button" aria-pressed={one === state} onClick={() => show(one)}>{stateWord(one)}</button>)}
      </div>
      {results.length > 0 && (
        <div class={failed.length > 0 ? 'notice bad' : 'notice good'} role="status">
          <p>{t(`已处理 ${results.length - failed.length} 份`, `${results.length - failed.length} done`)}{failed.length > 0 && t(`，${failed.length} 份未成`, `, ${failed.length} not`)}</p>
          {failed.map(({ id, code, message }) => <Problem key={id} error={`${id}：${message ?? code}`} />)}
        </div>
      )}
      <section class="card">
        <Shown of={found}>
          {(tasks) => (
            <>
              {decides && state === 'WAITING' && tasks.length > 0 && (
                <div class="buttons">
                  <label class="tick">
                    <input type="checkbox" checked={chosen.size === tasks.length} onChange={(event) => setChosen(new Set(event.currentTarget.checked ? tasks.map(({ id }) => id) : []))} />
                    <span>{t('全选本页', 'All of this page')}</span>
                  </label>
                  <button type="button" class="primary" disabled={chosen.size === 0} onClick={() => void seal(tasks.filter(({ id }) => chosen.has(id)))}>
                    {t(`签章所选（${chosen.size}）`, `Seal chosen (${chosen.size})`)}
                  </button>
                </div>
              )}
              {!decides && state === 'WAITING' && <p class="fine">{t('签章与拒绝须以该机构的签发令牌登录。', 'Sealing and refusing need an issuer’s token of that authority.')}</p>}
              <Table
                caption={stateWord(state)}
                rows={tasks}
                id={({ id }) => id}
                empty={state === 'WAITING' ? t('没有待签章的证照。', 'Nothing waits.') : t('没有记录。', 'Nothing here.')}
                columns={[
                  ...(decides && state === 'WAITING'
                    ? [
                        {
                          name: t('选择', 'Choose'),
                          cell: (task: Task) => (
                            <input
                              type="checkbox"
                              aria-label={t(`选择 ${line(task)}`, `Choose ${line(task)}`)}
                              checked={chosen.has(task.id)}
                              onChange={(event) => {
                                const next = new Set(chosen);
                                if (event.currentTarget.checked) next.add(task.id);
                                else next.delete(task.id);
                                setChosen(next);
                              }}
                            />
                          ),
                        },
                      ]
                    : []),
                  { name: t('证照编号', 'Number'), cell: ({ certificate, id }: Task) => <a href={to('certificates', id)}>{certificate?.number ?? <Code>{id}</Code>}</a> },
                  { name: t('证照类型', 'Type'), cell: ({ certificate }: Task) => certificate?.typeName ?? '—' },
                  { name: t('持证主体', 'Holder'), cell: ({ certificate }: Task) => certificate?.holders.map(({ name }) => name ?? '—').join('、') ?? '—' },
                  { name: t('颁发机构', 'Issuer'), cell: ({ certificate }: Task) => certificate?.issuer.name ?? '—' },
                  { name: t('入队', 'Since'), cell: ({ enteredAt }: Task) => <Time of={enteredAt} /> },
                  { name: t('状态', 'Status'), cell: ({ certificate, state: of }: Task) => <>{certificate && <Status of={certificate.status} />} <Tag tone={of === 'REFUSED' ? 'bad' : of === 'SEALED' ? 'good' : 'warn'}>{stateWord(of)}</Tag></> },
                  ...(state === 'WAITING'
                    ? decides
                      ? [
                          {
                            name: t('操作', 'Do'),
                            cell: (task: Task) => (
                              <div class="buttons tight">
                                <button type="button" onClick={() => void seal([task])}>{t('签章', 'Seal')}</button>
                                <button type="button" class="dangerous" onClick={() => void refuse(task)}>{t('拒绝', 'Refuse')}</button>
                              </div>
                            ),
                          },
                        ]
                      : []
                    : [
                        { name: t('经办人', 'Officer'), cell: ({ officer }: Task) => officer ?? '—' },
                        { name: t('办理时间', 'Decided'), cell: ({ decidedAt }: Task) => <Time of={decidedAt} /> },
                        ...(state === 'REFUSED' ? [{ name: t('原因', 'Reason'), cell: ({ reason }: Task) => reason ?? '—' }] : []),
                      ]),
                ]}
              />
              <div class="buttons paging">
                <button type="button" disabled={after.length === 0} onClick={() => setAfter(after.slice(0, -1))}>{t('上一页', 'Previous')}</button>
                <button type="button" disabled={tasks.length < MOST} onClick={() => setAfter([...after, tasks[tasks.length - 1]?.id ?? ''])}>{t('下一页', 'Next')}</button>
              </div>
            </>
          )}
        </Shown>
      </section>
    </>
  );
}
