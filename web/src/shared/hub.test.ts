import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ask, Refused, send } from './hub';

const sent: { url: string; init: RequestInit }[] = [];

function answer(text: string, status = 200): void {
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    sent.push({ url, init });
    return new Response(text, { status });
  });
}

beforeEach(() => {
  sent.length = 0;
  vi.stubGlobal('sessionStorage', { getItem: () => 'en' });
});
afterEach(() => vi.unstubAllGlobals());

test('a purpose travels in extensions and a token in the header, and neither where there is none', async () => {
  answer('{"data":{"a":1}}');
  await send({ query: '{ a }', token: 'T', purpose: { useFor: 'x' } });
  await send({ query: '{ a }', purpose: {} });
  const [full, bare] = sent.map(({ init }) => ({ headers: init.headers as Record<string, string>, body: JSON.parse(init.body as string) }));
  expect(full?.headers.Authorization).toBe('Bearer T');
  expect(full?.body).toEqual({ query: '{ a }', extensions: { purpose: { useFor: 'x' } } });
  expect(bare?.headers).not.toHaveProperty('Authorization');
  expect(bare?.body).toEqual({ query: '{ a }' });
  expect(bare?.headers['Accept-Language']).toBe('en');
});

test('an error without data is a refusal that carries its code; data beside an error are data', async () => {
  answer('{"data":{"a":null},"errors":[{"message":"no","extensions":{"code":"FORBIDDEN"}}]}', 200);
  const refused = await ask('{ a }').catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Refused);
  expect((refused as Refused).code).toBe('FORBIDDEN');
  answer('{"data":{"a":null,"b":2},"errors":[{"message":"no"}]}');
  expect(await ask('{ a b }')).toEqual({ a: null, b: 2 });
});

test('what is no JSON names the HTTP status', async () => {
  answer('<html>', 502);
  await expect(ask('{ a }')).rejects.toThrow('HTTP 502 <html>');
});
