// Days and months as the hub reckons them: Beijing's.

/** Today in Beijing, or so many days before, YYYY-MM-DD. */
export function day(before = 0, now = Date.now()): string {
  return new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone: 'Asia/Shanghai' }).format(new Date(now - before * 86_400_000));
}

export const days = (many: number): string[] => Array.from({ length: many }, (_, index) => day(many - 1 - index));

/** Months, `2026-01`, beginning so many before (or after, below zero) the present one. */
export function months(many: number, before: number, today = day()): string[] {
  const [year = 0, month = 1] = today.split('-').map(Number);
  return Array.from({ length: many }, (_, index) => {
    const count = year * 12 + (month - 1) - before + index;
    return `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, '0')}`;
  });
}
