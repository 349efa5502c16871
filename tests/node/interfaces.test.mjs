// Interface documents as a department reads them: in a browser, on a phone, in print, and as PDF.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { accessibilityFaults, DESK, PHONE, startBrowser, visit as visitWith } from './browser.mjs';
import { startHub } from './hub.mjs';

const PATH = '/docs/interfaces/SafetyOfficerCertificate';

let hub;
let browser;
let folder;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zhengzhao-interfaces-'));
  hub = await startHub();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await hub?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const headers = () => ({ Authorization: `Bearer ${hub.tokens.restricted}` });
const visit = (path, act, options) => visitWith({ browser, hub }, path, act, { extraHTTPHeaders: headers(), ...options });

for (const [lang, heading, said] of [['zh', /安全生产管理人员考核合格证书.*对接文档/, '请求与应答样例'], ['en', /^Interface document: /, 'Requests and answers']]) {
  test(`the page in ${lang} is whole, accessible, and fits a phone`, async () => {
    for (const viewport of [DESK, PHONE]) {
      await visit(`${PATH}?lang=${lang}`, async (page) => {
        assert.match(await page.locator('h1').innerText(), heading);
        assert.equal(await page.locator('main section').count(), await page.locator('nav a').count());
        assert.ok(await page.getByRole('heading', { name: said }).isVisible());
        assert.deepEqual(await accessibilityFaults(page), []);
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= viewport.width);
        for (const link of await page.locator('nav a').all()) assert.ok(await page.locator(await link.getAttribute('href')).count(), 'the contents lead somewhere');
      }, { viewport });
    }
  });
}

test('a sample is answered by this hub as it stands, about a certificate that it has', () =>
  visit(PATH, async (page) => {
    const bodies = await page.locator('figure', { hasText: '请求体' }).locator('code').allInnerTexts();
    const body = JSON.parse(bodies[0]);
    body.variables.id = hub.examples.SafetyOfficerCertificate.identifier;
    const response = await fetch(hub.url('/graphql'), { method: 'POST', headers: { ...headers(), 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    const { data, errors } = await response.json();
    assert.equal(errors, undefined, JSON.stringify(errors));
    assert.equal(data.safetyOfficerCertificate.identifier, body.variables.id);
  }));

test('the paper is PDF/A with its fonts, every page has something on it, and holds what the page holds', async () => {
  for (const lang of ['zh', 'en']) {
    const response = await fetch(hub.url(`${PATH}.pdf?lang=${lang}`), { headers: headers() });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'application/pdf');
    const file = join(folder, `${lang}.pdf`);
    await writeFile(file, Buffer.from(await response.arrayBuffer()));
    const fonts = execFileSync('pdffonts', [file], { encoding: 'utf8' }).split('\n').slice(2).filter(Boolean);
    assert.ok(fonts.length > 1 && fonts.every((line) => /Zhengzhao\S*\s.*\syes\s+yes\s+yes\s/.test(line)), fonts.join('\n'));
    const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
    for (const part of ['safetyOfficerCertificate', 'personName', 'PURPOSE_REQUIRED', 'client_credentials']) assert.ok(text.includes(part), part);
    execFileSync('pdftoppm', ['-r', '40', '-gray', file, join(folder, lang)]);
    const pages = (await readdir(folder)).filter((name) => name.startsWith(`${lang}-`));
    assert.ok(pages.length >= 3, `${pages.length} pages`);
    for (const name of pages) {
      const picture = await readFile(join(folder, name));
      const dark = picture.subarray(20).reduce((count, value) => count + (value < 200 ? 1 : 0), 0);
      assert.ok(dark > 300, `${name} is nearly empty: ${dark} dark pixels`);
    }
  }
});
