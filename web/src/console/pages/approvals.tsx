// What one administrator asked for and another must agree to: looked at whole, then approved or refused.

import { useState } from 'preact/hooks';
import { command, query } from '../hub';
import { confirmed } from '../parts/confirm';
import { Code, Facts, Tag, Time } from '../parts/facts';
import { done } from '../parts/failure';
import { Shown, useLoaded } from '../parts/loaded';
import { t } from '../words';
import { Heading } from './heading';

interface Approval {
  id: string;
  action: string;
  mutation: string;
  arguments: Record<string, unknown>;
  reason: string | null;
  askedBy: string;
  askedAt: string;
  until: string;
  state: string;
  decidedBy: string | null;
  decidedAt: string | null;
  outcome: string | null;
  mine: boolean;
}

const READ = `query ($waiting: Boolean!) {
  approvals(waiting: $waiting) { id action mutation arguments reason askedBy askedAt until state decidedBy decidedAt outcome mine }
}`;

const MUTATION: Record<string, [string, string]> = {
  putGrant: ['登记授权', 'Put a grant'],
  decideAccess: ['批准授权申请', 'Grant what was asked for'],
  registerClient: ['准入客户端（不带密钥）', 'Admit a client (without a secret)'],
  addClientCertificate: ['登记客户端证书', 'Register a certificate of a client'],
  registerCertificateType: ['登记证照类型', 'Register a type'],
  registerFace: ['登记照面', 'Register a face'],
  publishCertificateType: ['发布证照类型', 'Publish a type'],
  withdrawCertificateType: ['停用证照类型', 'Withdraw a type'],
  registerSeal: ['制作印章', 'Make a seal'],
  resumeSeal: ['恢复印章', 'Resume a seal'],
  destroySeal: ['销毁印章', 'Destroy a seal'],
};

const mutationWord = (name: string): string => (MUTATION[name] ? t(...MUTATION[name]) : name);

const STATE: Record<string, [string, string, string]> = {
  WAITING: ['待批准', 'Waiting', 'warn'],
  EXPIRED: ['已过期', 'Past', 'calm'],
  APPROVED: ['办理中', 'Being done', 'calm'],
  DONE: ['已办理', 'Done', 'good'],
  FAILED: ['未能办理', 'Could not be done', 'bad'],
  REFUSED: ['未批准', 'Not approved', 'calm'],
};

export function Approvals() {
  const [all, setAll] = useState(false);
  const found = useLoaded(() => query<{ approvals: Approval[] }>(READ, { waiting: !all }), [all]);
  return (
    <>
      <Heading
        title={t('第二人批准', 'Second approval')}
        about={t('一人提出、另一人批准，批准后按原样办理一次。自己提出的不能自己批准。', 'One person asks, another approves, and it is done once, exactly as it was asked. Nobody approves his own.')}
      >
        <button type="button" onClick={found.again}>{t('刷新', 'Refresh')}</button>
      </Heading>
      <label class="tick">
        <input type="checkbox" name="all" checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
        <span>{t('含已办理的', 'with those that were decided')}</span>
      </label>
      <Shown of={found}>
        {({ approvals }) =>
          approvals.length === 0 ? (
            <p class="empty">{t('没有待批准的申请。', 'Nothing waits.')}</p>
          ) : (
            <div class="columns">{approvals.map((one) => <One key={one.id} one={one} changed={found.again} />)}</div>
          )
        }
      </Shown>
    </>
  );
}

function One({ one, changed }: { one: Approval; changed: () => void }) {
  const [zh, en, tone] = STATE[one.state] ?? [one.state, one.state, 'calm'];
  const what: [string, string][] = [[t('操作', 'What'), mutationWord(one.mutation)], [t('申请人', 'Asked by'), one.askedBy], ...told(one.arguments)];
  const approve = async (): Promise<void> => {
    const agreed = await confirmed({
      title: t('批准申请', 'Approve'),
      what,
      meaning: t('批准后随即按原样办理，并以双方名义记入日志。', 'It is done at once, exactly so, and recorded under both names.'),
      verb: t('批准', 'Approve'),
    });
    if (!agreed) return;
    await done(() => command('mutation ($id: ID!) { approve(id: $id) { state } }', { id: one.id }));
    changed();
  };
  const refuse = async (): Promise<void> => {
    const given = await confirmed({
      title: one.mine ? t('撤回申请', 'Take it back') : t('拒绝申请', 'Refuse'),
      what,
      meaning: t('申请人可以重新提出。', 'Whoever asked may ask anew.'),
      verb: one.mine ? t('撤回申请', 'Take it back') : t('拒绝', 'Refuse'),
      reason: true,
    });
    if (!given) return;
    await done(() => command('mutation ($id: ID!, $reason: String!) { refuseApproval(id: $id, reason: $reason) { state } }', { id: one.id, reason: given.reason }));
    changed();
  };
  return (
    <article class="card approval">
      <h2>{mutationWord(one.mutation)} <Tag tone={tone}>{t(zh, en)}</Tag></h2>
      <Facts
        list={[
          [t('申请人', 'Asked by'), <><Code>{one.askedBy}</Code> {one.mine && t('（本人）', '(oneself)')} <Time of={one.askedAt} /></>],
          [t('用途', 'What for'), one.reason],
          ...told(one.arguments).map(([name, value]): [string, preact.ComponentChildren] => [name, value.includes('\n') || value.length > 80 ? <pre class="argument" tabIndex={0}>{value}</pre> : value]),
          [t('最晚', 'Until'), one.state === 'WAITING' && <Time of={one.until} />],
          [t('办理', 'Decided'), one.decidedBy && <><Code>{one.decidedBy}</Code> <Time of={one.decidedAt} /></>],
          [t('结果', 'Outcome'), one.outcome],
        ]}
      />
      {one.state === 'WAITING' && (
        <div class="buttons">
          {!one.mine && <button type="button" class="primary" onClick={() => void approve()}>{t('批准', 'Approve')}<span class="hidden"> {one.id}</span></button>}
          <button type="button" class="dangerous" onClick={() => void refuse()}>{one.mine ? t('撤回申请', 'Take it back') : t('拒绝', 'Refuse')}<span class="hidden"> {one.id}</span></button>
        </div>
      )}
    </article>
  );
}

/** Arguments as they are carried out; a text that is JSON itself is laid out. */
function told(args: Record<string, unknown>): [string, string][] {
  const value = (given: unknown): string => {
    if (typeof given !== 'string') return JSON.stringify(given);
    try {
      const inner: unknown = JSON.parse(given);
      return typeof inner === 'object' && inner !== null ? JSON.stringify(inner, null, 2) : given;
    } catch {
      return given;
    }
  };
  return Object.entries(args).filter(([, given]) => given !== null).map(([name, given]) => [name, value(given)]);
}
