// What is being asked, what was answered, and what went wrong, in words.

import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { Refusal, Unsaid } from '../hub';
import { identity } from '../signin';
import { spoken, t } from '../words';

export interface Loaded<Data> {
  /** Of before, while it is asked anew. */
  data: Data | null;
  /** Was it ever answered? */
  known: boolean;
  error: unknown;
  busy: boolean;
  again: () => void;
}

/** Asks when the page opens, when `keys` change, when another identity or language is taken, and `again`. */
export function useLoaded<Data>(ask: () => Promise<Data>, keys: unknown[]): Loaded<Data> {
  const [state, setState] = useState<Omit<Loaded<Data>, 'again'>>({ data: null, known: false, error: null, busy: true });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let wanted = true;
    setState((before) => ({ ...before, error: null, busy: true }));
    ask().then(
      (data) => wanted && setState({ data, known: true, error: null, busy: false }),
      (error: unknown) => wanted && setState({ data: null, known: false, error, busy: false }),
    );
    return () => {
      wanted = false;
    };
  }, [...keys, turn, identity.value?.token, spoken.value]);
  return { ...state, again: useCallback(() => setTurn((before) => before + 1), []) };
}

export function Shown<Data>({ of, children }: { of: Loaded<Data>; children: (data: Data) => ComponentChildren }) {
  if (of.error instanceof Unsaid) {
    return (
      <div class="empty">
        <p>{t('未说明用途，没有读取任何数据。', 'No purpose was given, and nothing was read.')}</p>
        <button type="button" class="primary" onClick={of.again}>{t('说明用途', 'Give a purpose')}</button>
      </div>
    );
  }
  if (of.error !== null) return <Problem error={of.error} again={of.again} />;
  if (!of.known) return <p class="waiting" role="status">{t('正在读取…', 'Loading…')}</p>;
  return <div aria-busy={of.busy}>{children(of.data as Data)}</div>;
}

const codeWord = (code: string): string =>
  ({
    FORBIDDEN: t('无权进行此操作', 'Not allowed'),
    PURPOSE_REQUIRED: t('须说明用途', 'A purpose is required'),
    NOT_FOUND: t('没有找到', 'Not found'),
    INVALID_INPUT: t('输入有误', 'The input is not right'),
    CONFLICT: t('与现状冲突，未作更改', 'It conflicts with what is there; nothing was changed'),
    LIMIT_EXCEEDED: t('超出限额', 'Too much was asked for'),
    RATE_LIMITED: t('请求过于频繁', 'Too many requests'),
    UNAVAILABLE: t('暂时不可用，请稍后重试', 'Not available now: try again later'),
    APPROVAL_REQUIRED: t('已提出申请，待第二人批准', 'Asked for, and waiting for another person'),
    UNAUTHENTICATED: t('未能登录', 'Not signed in'),
  })[code] ?? t('未能完成', 'It could not be done');

/** What went wrong: the hub's own words, and what may be done. */
export function Problem({ error, again }: { error: unknown; again?: () => void }) {
  const refusal = error instanceof Refusal ? error : null;
  const faults = refusal?.faults ?? [];
  const unreachable = error instanceof TypeError;
  const message = unreachable
    ? t('没有连上枢纽。请检查网络后重试。', 'The hub cannot be reached. Check the network and try again.')
    : error instanceof Error
      ? error.message
      : String(error);
  return (
    <div class="problem" role="alert">
      <p>
        {refusal && <b>{codeWord(refusal.code)}{t('：', ': ')}</b>}
        {faults.length === 0 ? <span class="message">{message}</span> : t(`有 ${faults.length} 处需要修改`, `${faults.length} to be mended`)}
      </p>
      {faults.length > 0 && <ul>{faults.map((fault) => <li key={fault.path + fault.message} class="message">{fault.message} <code>{fault.path}</code></li>)}</ul>}
      {again && <button type="button" onClick={again}>{t('重试', 'Try again')}</button>}
    </div>
  );
}
