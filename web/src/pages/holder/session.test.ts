import { expect, test } from 'vitest';
import { carriesSession, fromFragment, left } from './session';

const TOKEN = `zzh_${'0a'.repeat(32)}`;
const NOW = Date.parse('2026-01-01T00:00:00Z');

test('a portal hands over the token, and until when it holds', () => {
  expect(fromFragment(`#session=${TOKEN}&until=2026-01-01T00:10:00Z`, NOW)).toEqual({ token: TOKEN, until: NOW + 600_000 });
  expect(fromFragment(`#session=${TOKEN}`, NOW)).toEqual({ token: TOKEN, until: NOW + 1_800_000 });
  expect(fromFragment(`#session=${TOKEN}&until=2027-01-01T00:00:00Z`, NOW)?.until).toBe(NOW + 1_800_000);
});

test('what is no session is none, and is known to have been meant as one', () => {
  for (const wrong of ['', '#session=', '#session=zz_00', `#session=${TOKEN}0`, `#${TOKEN}`, '#codes']) expect(fromFragment(wrong, NOW)).toBeNull();
  expect(['#session=', '#a=b&session=x', '#codes', ''].map(carriesSession)).toEqual([true, true, false, false]);
});

test('what is left is counted down to nothing', () => {
  expect([1_800_000, 61_000, 900, 0, -5].map((ms) => left(NOW + ms, NOW))).toEqual(['30:00', '1:01', '0:01', '0:00', '0:00']);
});
