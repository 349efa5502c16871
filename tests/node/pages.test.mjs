// The pages in a real browser: nothing from another host, nothing on the console, and they do what they are for.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { startHub } from './hub.mjs';

const BROWSER = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  .find((path) => path && existsSync(path));

let hub;
let browser;
let example; // of the first type in demo.json
let typeName;

before(async () => {
  assert.ok(BROWSER, 'no Chromium found: install the package chromium, or name one in CHROMIUM');
  hub = await startHub();
  [typeName, example] = Object.entries(hub.examples).find(([, { identifier }]) => identifier);
  // The sandbox needs rights that root in a container has not got; the only pages opened are the hub's own.
  browser = await chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
});
after(async () => {
  await browser?.close();
  await hub?.stop();
});

test('the start page lists the types and verifies an example by one click', () =>
  visit('/', async (page) => {
    await page.locator('#catalogue .type').first().waitFor();
    const { data } = await hub.graphql({ query: '{ certificateTypes { name } }' });
    assert.equal(await page.locator('#catalogue .type').count(), data.certificateTypes.length);
    await page.locator('.example', { hasText: example.identifier }).click();
    await verdictIs(page, 'good', '有效');
    assert.match(await page.locator('.verdict .facts').innerText(), new RegExp(example.identifier.replaceAll('.', '\\.')));
  }));

test('the start page speaks English when asked', () =>
  visit('/', async (page) => {
    await page.locator('#language').click();
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    assert.match(await page.locator('h1').innerText(), /type file/);
  }));

test('an identifier nobody issued is neither valid nor invalid', () =>
  visit('/', async (page) => {
    await page.locator('#identifier').fill('1.2.156.3005.2.11990000000000GX2C999.11990000000000GX2C.00000000.001.0');
    await page.locator('#verify button').click();
    await verdictIs(page, 'unknown', '无法判定');
  }));

test('the page a QR code opens shows the verdict', () =>
  visit(`/verify/${encodeURIComponent(example.identifier)}`, (page) => verdictIs(page, 'good', '有效')));

test('the seal on a file that was handed out can be looked up', async () => {
  const identifier = encodeURIComponent(example.identifier);
  const headers = { Authorization: `Bearer ${hub.tokens.department}`, 'X-Purpose': '%7B%22useFor%22%3A%22test%22%7D' };
  const made = await fetch(hub.url(`/certificates/${identifier}.pdf`), { headers });
  assert.equal(made.status, 200);
  await visit(`/verify/${identifier}#seal`, async (page) => {
    await page.locator('#seal .sealed').first().waitFor();
    assert.deepEqual(await page.locator('#seal .sealed').evaluateAll((all) => all.map((one) => one.dataset.format)), ['PDF', 'OFD']);
    assert.match(await page.locator('#seal .sealed').first().innerText(), /文件签章有效[\s\S]*整个文件/);
  });
});

test('a code with something else behind the identifier is refused in words', () =>
  visit(`/VERIFY/${encodeURIComponent(example.identifier)}/0A0A`, async (page) => {
    await verdictIs(page, 'bad', '这不是证照二维码');
    assert.equal(await page.locator('#identifier').innerText(), example.identifier);
  }));

test('a phone of 360 px needs no sideways scrolling', async () => {
  for (const path of ['/', `/verify/${encodeURIComponent(example.identifier)}`, '/graphiql']) {
    await visit(path, async (page) => {
      await page.waitForLoadState('networkidle');
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360, path);
    }, { viewport: { width: 360, height: 740 } });
  }
});

test('GraphiQL queries a certificate as the department', () =>
  visit('/graphiql', async (page) => {
    await ready(page);
    await become(page, 'department');
    await page.locator('#example').selectOption('one');
    const { data, errors } = await execute(page);
    assert.equal(errors, undefined, JSON.stringify(errors));
    assert.equal(Object.values(data)[0].identifier, example.identifier);
  }));

test('GraphiQL lists with a filter, verifies, and issues as the issuer', () =>
  visit('/graphiql', async (page) => {
    await ready(page);
    await become(page, 'issuer');
    for (const key of ['many', 'verify', 'issue']) {
      await page.locator('#example').selectOption(key);
      const { data, errors } = await execute(page);
      assert.equal(errors, undefined, `${key}: ${JSON.stringify(errors)}`);
      assert.notEqual(Object.values(data)[0], null, key);
    }
  }));

async function visit(path, act, options = {}) {
  const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  const origin = new URL(hub.url('/')).origin;
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== origin) complaints.push(`request to ${url.href}`);
  });
  try {
    const response = await page.goto(hub.url(path));
    assert.equal(response.status(), 200, path);
    assert.match(response.headers()['content-security-policy'] ?? '', /default-src 'self'/, `${path} has a Content-Security-Policy`);
    await act(page);
    assert.deepEqual(complaints, [], path);
  } finally {
    await context.close();
  }
}

async function verdictIs(page, tone, words) {
  const verdict = page.locator('.verdict');
  await verdict.waitFor();
  assert.equal(await verdict.locator('h2').innerText().then((text) => text.includes(words)), true, await verdict.innerText());
  assert.equal(await verdict.getAttribute('data-tone'), tone);
}

async function become(page, role) {
  await page.locator('#demo-token').selectOption(hub.tokens[role]);
  await ready(page);
  await page.locator('#example-type').selectOption(typeName);
}

// The menu of types is empty until GraphiQL has the present caller's schema.
async function ready(page) {
  await page.locator('.graphiql-query-editor .CodeMirror').waitFor();
  await page.locator(`#example-type option[value="${typeName}"]`).waitFor({ state: 'attached' });
}

/** Presses the button and resolves to the response, once GraphiQL shows it. */
async function execute(page) {
  const key = await page.locator('#example').inputValue();
  const operation = { one: 'query One', many: 'query Many', verify: 'query Verify', issue: 'mutation Issue' }[key];
  await until(page, (start) => document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.getValue().startsWith(start), operation);
  const answer = page.waitForResponse((response) => response.request().postDataJSON()?.query?.startsWith(operation));
  await page.locator('.graphiql-execute-button').click();
  const sent = await (await answer).json();
  await until(page, (expected) => {
    try {
      return JSON.stringify(JSON.parse(document.querySelector('.result-window .CodeMirror').CodeMirror.getValue())) === expected;
    } catch {
      return false; // not shown yet
    }
  }, JSON.stringify(sent));
  return sent;
}

// Playwright's own waitForFunction evaluates a string in the page, which the pages' policy rightly forbids.
async function until(page, holds, argument) {
  for (const began = Date.now(); Date.now() - began < 10_000; await new Promise((resolve) => setTimeout(resolve, 25))) {
    if (await page.evaluate(holds, argument)) return;
  }
  throw new Error(`did not come true within ten seconds: ${holds}`);
}
