import { expect, it } from 'vitest';
import { months } from './days';

it('months go on over the turn of a year, both ways', () => {
  expect(months(3, 2, '2026-01-15')).toEqual(['2025-11', '2025-12', '2026-01']);
  expect(months(3, 0, '2026-11-23')).toEqual(['2026-11', '2026-12', '2027-01']);
});
