// Parts of a report as the pages show them: facts, checks, times.

import { make, type Child } from './element';
import { t } from './language';

export interface Check {
  name: string;
  outcome: 'OK' | 'FAILED' | 'UNKNOWN' | 'NOT_APPLICABLE';
  detail?: string | null;
}

/** A line of a list of facts; nothing without a value. */
export const fact = (name: string, value: Child | Child[]): HTMLElement[] => (value ? [make('dt', {}, name), make('dd', {}, ...[value].flat())] : []);

const OUTCOME: Record<Check['outcome'], [string, string, string, string]> = {
  OK: ['✓', '通过', 'OK', 'good'],
  FAILED: ['✗', '未通过', 'Failed', 'bad'],
  UNKNOWN: ['?', '不明', 'Unknown', 'unknown'],
  NOT_APPLICABLE: ['–', '不适用', 'Not applicable', 'unknown'],
};

/** The checks one by one, folded unless one failed. */
export function checks(list: Check[]): HTMLElement | null {
  if (!list.length) return null;
  const rows = list.map(({ name, outcome: code, detail }) => {
    const [symbol, zh, en, tone] = OUTCOME[code] ?? ['?', code, code, 'unknown'];
    return make('li', {},
      make('span', { class: `check ${tone}` }, `${symbol} ${t(zh, en)}`),
      make('span', { class: 'check-name' }, name),
      detail ? make('span', { class: 'fine' }, detail) : null);
  });
  const anyBad = list.some(({ outcome: code }) => code === 'FAILED');
  return make('details', { class: 'checks', open: anyBad },
    make('summary', {}, t(`逐项检查（${list.length}）`, `Checks (${list.length})`)), make('ul', {}, ...rows));
}

// Beijing time: what the verdict itself is reckoned in.
export function time(text: string): HTMLElement | string {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text;
  const shown = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone: 'Asia/Shanghai' }).format(date);
  return make('time', { datetime: text }, `${shown} ${t('（北京时间）', '(Beijing time)')}`);
}
