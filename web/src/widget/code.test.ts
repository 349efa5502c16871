import { expect, test } from 'vitest';
import { scanned, tidy } from './code';

const OFFICIAL = ['hub.example', '127.0.0.1:8080'];
const IDENTIFIER = '1.2.156.3005.2.11100000000013338W011.11990000000000GX2C.20260000001.001.P';

test('a code of an official host, in capitals as codes are, with and without claims', () => {
  const text = `HTTPS://HUB.EXAMPLE/VERIFY/${IDENTIFIER}/3AB$.+:/X`;
  expect(scanned(` ${text}\n`, OFFICIAL)).toEqual({ kind: 'code', text, identifier: IDENTIFIER });
  expect(scanned(`http://127.0.0.1:8080/verify/${IDENTIFIER}`, OFFICIAL)).toMatchObject({ kind: 'code', identifier: IDENTIFIER });
});

test('a code that points elsewhere is refused by the name of the host, however it is spelt', () => {
  const elsewhere = (text: string) => expect(scanned(text, OFFICIAL)).toMatchObject({ kind: 'elsewhere' });
  expect(scanned(`HTTPS://HUB.EXAMPLE.EVIL.TEST/VERIFY/${IDENTIFIER}/AB`, OFFICIAL)).toEqual({ kind: 'elsewhere', host: 'hub.example.evil.test' });
  expect(scanned(`https://hub.example@evil.test/verify/${IDENTIFIER}`, OFFICIAL)).toEqual({ kind: 'elsewhere', host: 'evil.test' });
  expect(scanned(`https://hub。example.evil.test/verify/x`, OFFICIAL)).toMatchObject({ kind: 'elsewhere', host: 'hub.example.evil.test' });
  elsewhere(`https://user@hub.example/verify/${IDENTIFIER}`);
  elsewhere(`https://hub.example:8443/verify/${IDENTIFIER}`);
  elsewhere('https://hub.еxample/verify/1'); // a Cyrillic е
});

test('what is no code of a certificate is shown, not asked', () => {
  for (const text of ['', 'WIFI:S:x;;', 'https://hub.example/login', 'javascript:alert(1)', 'https://']) {
    expect(scanned(text, OFFICIAL).kind, text).toBe('foreign');
  }
});

test('an identifier alone, and one as people type it', () => {
  expect(scanned(IDENTIFIER, OFFICIAL)).toEqual({ kind: 'identifier', identifier: IDENTIFIER });
  expect(tidy('１．２.156.3005.2. 111\u200b')).toBe('1.2.156.3005.2.111');
});
