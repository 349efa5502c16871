// A real browser, and what must hold on every page of the hub that it opens.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

export const CHROMIUM = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  .find((path) => path && existsSync(path));
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const PHONE = { width: 375, height: 812 };
export const DESK = { width: 1440, height: 900 };

export async function startBrowser() {
  assert.ok(CHROMIUM, 'no Chromium found: install the package chromium, or name one in CHROMIUM');
  // The sandbox needs rights that root in a container has not got; the only pages opened are the tests' own.
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/**
 * Opens a page in a browser of its own and acts on it. Afterwards nothing may stand on the console, and nothing may have been asked of any
 * host but the hub's and the page's own. `excused` names what a test brings about itself.
 */
export async function visit({ browser, hub }, path, act, { excused = [], status = 200, ...options } = {}) {
  const context = await browser.newContext({ locale: 'zh-CN', viewport: DESK, ...options });
  const page = await context.newPage();
  const complaints = [];
  const address = new URL(path, hub.url('/')).href;
  const allowed = [new URL(hub.url('/')).origin, new URL(address).origin];
  const complain = (text) => excused.some((pattern) => pattern.test(text)) || complaints.push(text);
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complain(message.text()));
  page.on('pageerror', (error) => complain(error.message));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:'].includes(url.protocol) && !allowed.includes(url.origin)) complain(`request to ${url.href}`);
  });
  try {
    const response = await page.goto(address);
    assert.equal(response.status(), status, path);
    if (new URL(address).origin === allowed[0]) {
      assert.match(response.headers()['content-security-policy'] ?? '', /default-src 'self'/, `${path} has a Content-Security-Policy`);
    }
    await act(page, context);
    assert.deepEqual(complaints, [], path);
  } finally {
    await context.close();
  }
}

/** What axe finds wrong, a line each; `except` in what this selects, which is of others. */
export async function accessibilityFaults(page, { except } = {}) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((except) => window.axe.run(except ? { exclude: [[except]] } : document, { resultTypes: ['violations'] }), except);
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.flat().join(' ')} — ${node.any.concat(node.all).map(({ message }) => message).join('; ')}`));
}

/** The element on a page: Playwright's selectors see into it. */
export const element = (page) => page.locator('certificate-verify');

/** Waits for an answer of this look, and resolves to its card. */
export async function answered(page, look) {
  const card = element(page).locator('.card');
  await card.waitFor({ timeout: 60_000 });
  const shown = await card.getAttribute('data-look');
  assert.equal(shown, look, await card.innerText());
  return card;
}

/** Waits until the answer that is shown has this look. */
export async function becomes(page, look) {
  await element(page).locator(`.card[data-look="${look}"]`).waitFor({ timeout: 60_000 });
  return element(page).locator('.card');
}

export async function choose(page, mode) {
  await element(page).locator(`[data-mode="${mode}"]`).click();
}

export async function askIdentifier(page, identifier) {
  await choose(page, 'identifier');
  await element(page).locator('#identifier').fill(identifier);
  await element(page).locator('button[type="submit"]').click();
}

export async function upload(page, name, mimeType, buffer) {
  await choose(page, 'upload');
  await element(page).locator('input[type="file"]').setInputFiles({ name, mimeType, buffer: Buffer.from(buffer) });
}

/** Playwright's own waitForFunction evaluates a string in the page, which the pages' policy rightly forbids. */
export async function until(page, holds, argument) {
  for (const began = Date.now(); Date.now() - began < 10_000; await new Promise((resolve) => setTimeout(resolve, 25))) {
    if (await page.evaluate(holds, argument)) return;
  }
  throw new Error(`did not come true within ten seconds: ${holds}`);
}
