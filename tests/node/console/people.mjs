// The administrators of a demonstration: their codes, and signing in as one of them.

import { createHmac } from 'node:crypto';

/** The code of a secret, as an authenticator app shows it (RFC 6238). */
function code(secret, at = Date.now()) {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const digest = createHmac('sha1', key).update(step).digest();
  const number = digest.readUInt32BE(digest.at(-1) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** Each code counts once, and every test needs one: the present one, or the next, which is taken too. */
const spent = new Map();
export async function fresh(person) {
  for (;;) {
    const step = Math.floor(Date.now() / 30_000);
    const next = Math.max(step, (spent.get(person.name) ?? 0) + 1);
    if (next <= step + 1) {
      spent.set(person.name, next);
      return code(person.totp, next * 30_000);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Fills the form in and sends it; `given` in the place of what is right. */
export async function enter(page, person, given = {}) {
  await page.locator('[name=name]').fill(given.name ?? person.name);
  await page.locator('[name=password]').fill(given.password ?? person.password);
  await page.locator('[name=code]').fill(given.code ?? (await fresh(person)));
  await page.locator('form button[type=submit]').click();
}
