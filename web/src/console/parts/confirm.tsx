// Before something is changed: what it is, by name, and where it cannot be undone, typed once more.

import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { t } from '../words';
import { Facts } from './facts';
import { Dialog } from './dialog';

export interface Question {
  title: string;
  /** What follows from it. */
  meaning: string;
  /** What is changed: names and values. */
  what: [string, string | null | undefined][];
  /** The word on the button. */
  verb: string;
  danger?: boolean;
  /** Must be typed to go on, for what cannot be undone. */
  typed?: string;
  reason?: boolean;
  statusCode?: boolean;
}

export interface Confirmed {
  reason: string;
  statusCode: string;
}

const MAX_REASON = 500;

const asked = signal<{ question: Question; answer: (given: Confirmed | null) => void } | null>(null);

/** Asks; null where one thinks better of it. */
export function confirmed(question: Question): Promise<Confirmed | null> {
  return new Promise<Confirmed | null>((resolve) => (asked.value = { question, answer: resolve })).finally(() => (asked.value = null));
}

export function ConfirmDialog() {
  const open = asked.value;
  return open ? <Ask key={open.question.title} {...open} /> : null;
}

function Ask({ question, answer }: { question: Question; answer: (given: Confirmed | null) => void }) {
  const [reason, setReason] = useState('');
  const [statusCode, setStatusCode] = useState('');
  const [typed, setTyped] = useState('');
  const ready = (!question.reason || reason.trim() !== '') && (question.typed === undefined || typed.trim() === question.typed);
  return (
    <Dialog title={question.title} danger={question.danger ?? false} close={() => answer(null)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) answer({ reason: reason.trim(), statusCode: statusCode.trim() });
        }}
      >
        <Facts list={question.what} />
        <p class={question.danger ? 'meaning danger' : 'meaning'}>{question.meaning}</p>
        {question.reason && (
          <label class="field">
            <span>{t('原因（必填，随变更一并签名并公开给有权查询者）', 'Reason (required; signed with the change)')}</span>
            <textarea name="reason" rows={3} maxLength={MAX_REASON} required value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
          </label>
        )}
        {question.statusCode && (
          <label class="field">
            <span>{t('状态代码（该类型允许多个时选填）', 'Status code (where the type allows several)')}</span>
            <input name="statusCode" maxLength={20} value={statusCode} onInput={(event) => setStatusCode(event.currentTarget.value)} />
          </label>
        )}
        {question.typed !== undefined && (
          <label class="field">
            <span>
              {t('此操作不可恢复。请输入 ', 'This cannot be undone. Type ')}
              <b class="code">{question.typed}</b>
              {t(' 以确认', ' to confirm')}
            </span>
            <input name="typed" autoComplete="off" value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
          </label>
        )}
        <div class="buttons">
          <button type="submit" class={question.danger ? 'primary dangerous' : 'primary'} disabled={!ready}>{question.verb}</button>
          <button type="button" onClick={() => answer(null)}>{t('取消', 'Cancel')}</button>
        </div>
      </form>
    </Dialog>
  );
}
