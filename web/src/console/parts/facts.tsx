import type { ComponentChildren } from 'preact';
import { statusTone, statusWord, time, t } from '../words';

/** Names and values; what has no value is left out. */
export function Facts({ list }: { list: [string, ComponentChildren][] }) {
  const told = list.filter(([, value]) => value !== null && value !== undefined && value !== '');
  if (told.length === 0) return null;
  return (
    <dl class="facts">
      {told.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Tag({ tone, children }: { tone: string; children: ComponentChildren }) {
  return <span class={`tag ${tone}`}>{children}</span>;
}

export const Status = ({ of }: { of: string }) => <Tag tone={statusTone(of)}>{statusWord(of)}</Tag>;

export const Time = ({ of }: { of: string | null | undefined }) => (of ? <time class="whole" dateTime={of}>{time(of)}</time> : null);

export const Code = ({ children }: { children: ComponentChildren }) => <code class="code">{children}</code>;

/** `2026-01-01 至 2029-01-01`; an open end in words. */
export function Term({ from, to }: { from: string | null; to: string | null }) {
  if (!from && !to) return <>{t('未载明', 'not stated')}</>;
  return (
    <>
      <span class="whole">{from ?? '…'}</span> {t('至', 'to')} <span class="whole">{to ?? t('长期', 'open-ended')}</span>
    </>
  );
}
