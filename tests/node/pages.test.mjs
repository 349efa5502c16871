// The pages in a real browser: nothing from another host, nothing on the console, and they do what they are for.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibilityFaults, answered, DESK, element, PHONE, startBrowser, visit as visitWith } from './browser.mjs';
import { startHub } from './hub.mjs';

let hub;
let browser;
let example; // of the first type in demo.json

before(async () => {
  hub = await startHub();
  example = Object.values(hub.examples).find(({ identifier }) => identifier);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await hub?.stop();
});

const visit = (path, act, options) => visitWith({ browser, hub }, path, act, options);

test('the start page lists the types, finds one by name, and verifies an example by one click', () =>
  visit('/', async (page) => {
    await page.locator('#catalogue .type').first().waitFor();
    const { data } = await hub.graphql({ query: '{ certificateTypes { name } }' });
    assert.equal(await page.locator('#catalogue .type').count(), data.certificateTypes.length);
    await page.locator('#search').fill('不动产');
    assert.equal(await page.locator('#catalogue .type').count(), 1);
    await page.locator('#demo summary').click();
    await page.locator('.example', { hasText: example.identifier }).click();
    const card = await answered(page, 'passed');
    assert.match(await card.locator('.facts').innerText(), new RegExp(example.identifier.replaceAll('.', '\\.')));
  }));

test('the start page says which sites are official', () =>
  visit('/', async (page) => {
    await page.locator('#hosts', { hasText: /127\.0\.0\.1:\d+/ }).waitFor();
  }));

test('the start page speaks English when asked, the element within it too', () =>
  visit('/', async (page) => {
    await element(page).locator('.tab').first().waitFor();
    await page.locator('#language').click();
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    assert.match(await page.locator('h1').innerText(), /genuine/);
    assert.match(await element(page).locator('.tab').first().innerText(), /Scan/);
  }));

test('the page a QR code opens shows the verdict, masked essentials, and which site this is', () =>
  visit(`/verify/${encodeURIComponent(example.identifier)}`, async (page) => {
    const card = await answered(page, 'passed');
    assert.match(await card.innerText(), /有效[\s\S]*持证人[\s\S]*发证机关[\s\S]*状态截至/);
    await page.locator('#official', { hasText: process.env.HUB ? /官方网站/ : '✓ 官方网站' }).waitFor();
    assert.equal(await card.getByRole('button', { name: '再验一份' }).count(), 0);
  }));

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
    const card = await answered(page, 'forged');
    assert.match(await card.innerText(), /这不是证照[\s\S]*请勿采信/);
  }));

test('an address that is none of the hub\'s is answered by a page that helps', () =>
  visit('/no/such/page', async (page) => {
    assert.match(await page.locator('h1').innerText(), /没有这个页面/);
    assert.equal(await page.locator('a[href="/"]').first().isVisible(), true);
    assert.deepEqual(await accessibilityFaults(page), []);
  }, { status: 404, excused: [/404/] }));

test('axe finds nothing on any page, and a phone of 360 px needs no sideways scrolling', async () => {
  for (const path of ['/', `/verify/${encodeURIComponent(example.identifier)}`, '/widget/', '/widget/frame', '/graphiql']) {
    for (const viewport of [DESK, { ...PHONE, width: 360 }]) {
      for (const locale of ['zh-CN', 'en']) {
        await visit(path, async (page) => {
          await page.waitForLoadState('networkidle');
          assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= viewport.width, `${path} fits ${viewport.width}`);
          // GraphiQL is of others; what we put around it is not.
          if (path !== '/graphiql') assert.deepEqual(await accessibilityFaults(page), [], `${path} ${locale}`);
        }, { viewport, locale });
      }
    }
  }
});
