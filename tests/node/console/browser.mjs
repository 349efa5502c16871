// What the tests of the console share: a browser on a hub, signing in, saying yes, and what every page must stand.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { startHub } from '../hub.mjs';

const BROWSER = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  .find((path) => path && existsSync(path));
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 375, height: 780 };
/** Where the console keeps its tokens. */
export const KEPT = 'zhengzhao.console.tokens';
/** A type that no demonstration has; its certificates are sealed by an officer. */
export const SOUND = readFileSync(fileURLToPath(new URL('food-business-licence.json', import.meta.url)), 'utf8');

/** Milliseconds; a debug build lays out and signs a face slowly on a busy machine. */
const PATIENCE = 60_000;

/** The hub of this run. */
export let hub;
let browser;

/** A test's hook; `options` are more of `zhengzhao demo`. */
export async function start(_, options = []) {
  assert.ok(BROWSER, 'no Chromium found: install the package chromium, or name one in CHROMIUM');
  hub = await startHub({ certificates: 45, options });
  // The sandbox needs rights that root in a container has not got; the only pages opened are the hub's own.
  browser = await chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

export async function stop() {
  await browser?.close();
  await hub?.stop();
}

/** Opens the console at this place, and acts; nothing on the browser's console, no request to elsewhere. */
export async function visit(hash, act, options = {}) {
  const context = await browser.newContext({ locale: 'zh-CN', viewport: WIDE, ...options });
  await context.addInitScript({ path: AXE });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const complaints = [];
  const origin = new URL(hub.url('/')).origin;
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.stack));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== origin) complaints.push(`request to ${url.href}`);
  });
  try {
    const response = await page.goto(hub.url(`/console${hash}`));
    assert.equal(response.status(), 200);
    assert.match(response.headers()['content-security-policy'] ?? '', /default-src 'self'/);
    await act(page, complaints);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

/** The browser's own line about a refusal that the test provoked: one, and no more. It may come after what the page shows of it. */
export async function forgive(complaints, status) {
  const place = () => complaints.findIndex((text) => text.startsWith('Failed to load resource') && text.includes(status));
  await comesTrue(async () => place() !== -1 || pause(50), `a line about ${status}`);
  complaints.splice(place(), 1);
}

/** A row of the sealing queue is there: asked again, and for a purpose where one is wanted, as a person would do. */
export async function queued(page, row, useFor) {
  await comesTrue(async () => {
    if ((await row.count()) > 0) return true;
    const [purpose, again] = [page.locator('#purpose-form'), page.getByRole('button', { name: '刷新', exact: true })];
    // An empty queue tells of nobody, so that no purpose is asked for yet; which of the two comes is known only once it is there.
    await row.or(purpose).or(again).first().waitFor();
    if ((await purpose.count()) > 0) await givePurpose(page, useFor);
    else if ((await row.count()) === 0) await again.click({ timeout: 2_000 }).catch(() => {}); // the purpose's form came before the click
    return pause(300);
  }, 'it is in the queue');
}

/** Waits so many milliseconds, and is not true. */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds, false));
/** The form for tokens, behind the one for accounts. */
export const byToken = (page) => press(page, '以令牌登录');

export async function signIn(page, role) {
  if ((await page.locator('[name=token]').count()) === 0) await byToken(page);
  await page.locator('[name=token]').fill(hub.tokens[role]);
  await page.locator('form button[type=submit]').click();
  await page.locator('.desk').waitFor();
}

export async function addIdentity(page, role) {
  await page.locator('.account summary').click();
  await press(page, '以另一身份登录');
  await byToken(page);
  await page.locator('dialog [name=token]').fill(hub.tokens[role]);
  await page.locator('dialog form button[type=submit]').click();
  await page.locator('dialog').waitFor({ state: 'detached' });
}

export const press = (page, name) => page.getByRole('button', { name, exact: true }).click();

/** Says yes to what is asked, once it names what is changed. */
export async function agree(page, { names = [], reason, typed }) {
  const dialog = page.locator('dialog');
  await dialog.waitFor();
  const text = await dialog.innerText();
  for (const name of names) assert.ok(text.includes(name), `the question names ${name}: ${text}`);
  const yes = dialog.locator('button[type=submit]');
  if (reason || typed) assert.ok(await yes.isDisabled(), 'not before it is filled in');
  if (reason) await dialog.locator('[name=reason]').fill(reason);
  if (typed) await dialog.locator('[name=typed]').fill(typed);
  await yes.click();
  await dialog.waitFor({ state: 'detached' });
}

export async function givePurpose(page, useFor) {
  await page.locator('#purpose-form [name=useFor]').fill(useFor);
  await page.locator('#purpose-form button[type=submit]').click();
  await page.locator('dialog').waitFor({ state: 'detached' });
}

/** Everything that was asked for is there; a purpose is given where one is wanted. */
export async function settled(page) {
  await comesTrue(async () => {
    if ((await page.locator('#purpose-form').count()) > 0) await givePurpose(page, '自动测试');
    await page.waitForTimeout(120);
    return page.evaluate(() => !document.querySelector('.waiting, #purpose-form') && document.querySelector('main h1') !== null && [...document.querySelectorAll('.drawing')].every((place) => place.querySelector('svg')));
  }, 'the page settles');
}

/** Without a finding of axe, and without sideways scrolling. */
export async function sound(page, name) {
  const found = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`), [], name);
  const { wide, width } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, width: innerWidth }));
  assert.ok(wide <= width, `${name} is ${wide} px wide in ${width}`);
}

/** Presses Tab until the focus is there. */
export async function tabTo(page, selector) {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
  }
  throw new Error(`80 times Tab do not lead to ${selector}`);
}

/** How many pixels of a canvas are red. */
export const reds = (canvas) =>
  canvas.evaluate((place) => {
    const { data } = place.getContext('2d').getImageData(0, 0, place.width, place.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at] > 180 && data[at + 1] < 80 && data[at + 2] < 80) count++;
    return count;
  });

export async function comesTrue(holds, what) {
  for (const began = Date.now(); Date.now() - began < PATIENCE; ) if (await holds()) return;
  throw new Error(`did not come true within ${PATIENCE / 1000} seconds: ${what}`);
}
