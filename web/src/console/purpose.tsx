// What one reads for: asked once for a task, shown while it lasts, sent with every request. In memory only.

import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import type { Purpose } from '../shared/hub';
import { Dialog } from './parts/dialog';
import { t } from './words';

export const purpose = signal<Purpose | null>(null);

const asked = signal<((given: boolean) => void) | null>(null);

/** Opens the dialog; true when there is a purpose afterwards. Who asks while it is open waits for the same answer. */
let waiting: Promise<boolean> | null = null;
export function askPurpose(): Promise<boolean> {
  waiting ??= new Promise<boolean>((resolve) => (asked.value = resolve)).finally(() => {
    waiting = null;
    asked.value = null;
  });
  return waiting;
}

export function endTask(): void {
  purpose.value = null;
}

const LONGEST = 200;

const members = (): { key: keyof Purpose; label: string; hint: string }[] => [
  { key: 'useFor', label: t('用途（必填）', 'Purpose (required)'), hint: t('例如：证照签发审核', 'For instance: review before issue') },
  { key: 'itemName', label: t('关联事项名称', 'Item'), hint: t('例如：安全生产许可证核发', 'For instance: granting a licence') },
  { key: 'itemCode', label: t('事项编码', 'Code of the item'), hint: '' },
  { key: 'businessCode', label: t('业务流水号', 'Case number'), hint: '' },
  { key: 'operator', label: t('经办人', 'Clerk'), hint: '' },
];

export function PurposeDialog() {
  const answer = asked.value;
  const [given, setGiven] = useState<Purpose>(purpose.value ?? {});
  if (!answer) return null;
  const submit = (event: Event): void => {
    event.preventDefault();
    const said = Object.fromEntries(Object.entries(given).map(([key, text]) => [key, text.trim()]).filter(([, text]) => text)) as Purpose;
    if (!said.useFor) return;
    purpose.value = said;
    answer(true);
  };
  return (
    <Dialog title={t('请说明用途', 'What do you read this for?')} close={() => answer(false)}>
      <form onSubmit={submit} id="purpose-form">
        <p class="fine">
          {t(
            '读取证照数据须说明用途。所填内容在本次任务期间随每次读取一并记入访问日志，持证人可以查知。',
            'Certificates are read for a stated purpose only. What you say here is recorded with every read of this task, and holders can learn of it.',
          )}
        </p>
        {members().map(({ key, label, hint }) => (
          <label class="field" key={key}>
            <span>{label}</span>
            <input
              name={key}
              value={given[key] ?? ''}
              maxLength={LONGEST}
              required={key === 'useFor'}
              placeholder={hint}
              onInput={(event) => setGiven({ ...given, [key]: event.currentTarget.value })}
            />
          </label>
        ))}
        <div class="buttons">
          <button type="submit" class="primary">{t('开始任务', 'Begin')}</button>
          <button type="button" onClick={() => answer(false)}>{t('取消', 'Cancel')}</button>
        </div>
      </form>
    </Dialog>
  );
}

/** The purpose of the present task, on every page that reads of persons. */
export function PurposeBar() {
  const said = purpose.value;
  if (!said) return null;
  const more = [said.itemName, said.itemCode, said.businessCode, said.operator].filter(Boolean).join(' · ');
  return (
    <div class="purpose-bar" role="status">
      <p>
        <b>{t('本次任务用途', 'Purpose of this task')}</b> <span>{said.useFor}</span>
        {more && <span class="fine"> {more}</span>}
      </p>
      <div class="buttons">
        <button type="button" class="quiet" onClick={() => void askPurpose()}>{t('更改', 'Change')}</button>
        <button type="button" class="quiet" onClick={endTask}>{t('结束任务', 'End task')}</button>
      </div>
    </div>
  );
}
