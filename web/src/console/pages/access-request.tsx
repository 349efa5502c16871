// Deciding on what a department asks to read: each field in clear, masked, or not at all.

import { useState } from 'preact/hooks';
import { command } from '../hub';
import { Dialog } from '../parts/dialog';
import { Facts } from '../parts/facts';
import { Problem } from '../parts/loaded';
import { t } from '../words';
import type { AccessRequest } from './grants';

const DECIDE = `mutation ($id: ID!, $grant: Boolean!, $reason: String!, $fields: [String!], $masked: [String!], $until: Date) {
  decideAccess(id: $id, grant: $grant, reason: $reason, fields: $fields, masked: $masked, until: $until) { state }
}`;

export function Decide({ request, close, done }: { request: AccessRequest; close: () => void; done: () => void }) {
  const asked = request.asked.fields ?? [];
  const [sight, setSight] = useState<Record<string, string>>(Object.fromEntries(asked.map((field) => [field, 'clear'])));
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState('');
  const [problem, setProblem] = useState<unknown>(null);
  const chosen = (wanted: string): string[] => asked.filter((field) => sight[field] === wanted);
  const decide = async (grant: boolean): Promise<void> => {
    setProblem(null);
    try {
      const granted = grant ? { fields: chosen('clear'), masked: chosen('masked'), until: until || null } : {};
      await command(DECIDE, { id: request.id, grant, reason: reason.trim(), ...granted });
      done();
    } catch (error) {
      setProblem(error);
    }
  };
  const nothing = reason.trim() === '';
  return (
    <Dialog title={t('办理授权申请', 'Decide on the request')} close={close}>
      <form onSubmit={(event) => event.preventDefault()}>
        <Facts
          list={[
            [t('部门', 'Department'), request.asked.department],
            [t('证照类型', 'Type'), request.asked.type],
            [t('事项', 'Matters'), request.asked.items?.join('、') ?? t('不限', 'any')],
            [t('依据', 'Legal basis'), request.asked.legalBasis],
          ]}
        />
        {asked.map((field) => (
          <label class="field" key={field}>
            <span class="code">{field}</span>
            <select name={`sight-${field}`} value={sight[field]} onChange={(event) => setSight({ ...sight, [field]: event.currentTarget.value })}>
              <option value="clear">{t('明文', 'in clear')}</option>
              <option value="masked">{t('脱敏', 'masked')}</option>
              <option value="none">{t('不给', 'not at all')}</option>
            </select>
          </label>
        ))}
        <label class="field"><span>{t('截止日期', 'Until')}</span><input type="date" name="until" value={until} onInput={(event) => setUntil(event.currentTarget.value)} /></label>
        <label class="field">
          <span>{t('理由（必填）', 'Reason (required)')}</span>
          <textarea name="reason" rows={2} maxLength={500} required value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        </label>
        {problem !== null && <Problem error={problem} />}
        <div class="buttons">
          <button type="button" class="primary" disabled={nothing || chosen('none').length === asked.length} onClick={() => void decide(true)}>{t('批准', 'Grant')}</button>
          <button type="button" class="dangerous" disabled={nothing} onClick={() => void decide(false)}>{t('不批准', 'Refuse')}</button>
          <button type="button" onClick={close}>{t('取消', 'Cancel')}</button>
        </div>
      </form>
    </Dialog>
  );
}
