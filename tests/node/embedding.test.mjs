// The samples of /widget/, as a developer copies them, each in a page of another origin under a strict policy.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { compileScript, parse } from 'vue/compiler-sfc';
import { accessibilityFaults, answered, askIdentifier, becomes, element, PHONE, startBrowser, upload, visit as visitWith } from './browser.mjs';
import { startHub } from './hub.mjs';

let hub;
let browser;
let samples; // name → text, read off the page
let example;
let portal; // another origin: {url, pages}
const origin = () => new URL(hub.url('/')).origin;

before(async () => {
  hub = await startHub();
  browser = await startBrowser();
  example = hub.examples.BusinessLicence;
  await visitWith({ browser, hub }, '/widget/', async (page) => {
    await page.locator('[data-sample="html"] code', { hasText: 'sha384-' }).waitFor();
    samples = Object.fromEntries(await page.locator('[data-sample]').evaluateAll((all) => all.map((one) => [one.dataset.sample, one.querySelector('code').textContent])));
  });
  portal = await serve();
});
after(async () => {
  await browser?.close();
  await hub?.stop();
  portal?.server.close();
});

/** A department's portal: pages with the policy that /widget/ names, and nothing that it does not. */
function serve() {
  const pages = new Map();
  const server = createServer((request, response) => {
    const page = pages.get(new URL(request.url, 'http://portal').pathname);
    if (!page) return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': page.type ?? 'text/html; charset=utf-8', ...(page.policy ? { 'Content-Security-Policy': page.policy } : {}) }).end(page.body);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve({ server, pages, url: `http://localhost:${server.address().port}` })));
}

const STRICT = () => `default-src 'none'; ${samples.policy}; frame-src ${origin()}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;

function put(path, body, { policy = STRICT(), ...rest } = {}) {
  portal.pages.set(path, { body, policy, ...rest });
  return `${portal.url}${path}`;
}

const document = (body) => `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>门户</title></head><body><main><h1>门户</h1>${body}</main></body></html>`;

const visit = (url, act, options = {}) => visitWith({ browser, hub }, url, act, options);

test('plain HTML: verifies under a strict policy, with its digest, without a third host', async () => {
  assert.match(samples.html, /integrity="sha384-[A-Za-z0-9+/=]{64}"/);
  await visit(put('/html', document(samples.html)), async (page) => {
    await askIdentifier(page, example.identifier);
    const card = await answered(page, 'passed');
    assert.match(await card.innerText(), new RegExp(`答复者：${new URL(origin()).host}`), 'it says whose answer it is');
    assert.deepEqual(await accessibilityFaults(page), []);
  }, { viewport: PHONE });
});

test('a script that was changed on the way does not run', async () => {
  const changed = samples.html.replace(/sha384-./, (start) => `sha384-${start.endsWith('A') ? 'B' : 'A'}`);
  await visit(put('/changed', document(changed)), async (page) => {
    await page.waitForTimeout(500);
    assert.equal(await page.evaluate(() => customElements.get('certificate-verify') === undefined), true);
  }, { excused: [/integrity/] });
});

test('without WebAssembly it verifies by the hub, and says offline that it cannot', async () => {
  const policy = STRICT().replace(" 'wasm-unsafe-eval'", '');
  await visit(put('/without', document(samples.html), { policy }), async (page, context) => {
    await askIdentifier(page, example.identifier);
    await answered(page, 'passed');
    await context.setOffline(true);
    await upload(page, 'certificate.json', 'application/json', '{}');
    await becomes(page, 'unreachable');
  }, { excused: [/wasm|WebAssembly/i, /ERR_/, /Failed to load/] });
});

test('React', async () => {
  const entry = `import { createRoot } from 'react-dom/client';\nimport { CertificateVerify } from './sample.jsx';\nwindow.looks = [];\ncreateRoot(document.querySelector('#app')).render(<CertificateVerify onAnswer={({ look }) => window.looks.push(look)} />);`;
  await app('/react', await bundle(entry, 'jsx', { './sample.jsx': [samples.react, 'jsx'] }));
});

test('Vue', async () => {
  const { descriptor } = parse(samples.vue);
  const compiled = compileScript(descriptor, { id: 'sample', inlineTemplate: true, templateOptions: { compilerOptions: { isCustomElement: (tag) => tag === 'certificate-verify' } } });
  const entry = `import { createApp, h } from 'vue';\nimport Sample from './sample.js';\nwindow.looks = [];\ncreateApp({ render: () => h(Sample, { onAnswer: ({ look }) => window.looks.push(look) }) }).mount('#app');`;
  await app('/vue', await bundle(entry, 'js', { './sample.js': [compiled.content, 'js'] }));
});

/** The page of a framework's app: it mounts the sample, and hears what was answered. */
async function app(path, script) {
  put(`${path}.js`, script, { type: 'text/javascript' });
  const body = `${samples.html.split('\n\n')[0]}<div id="app"></div><script type="module" src="${path}.js"></script>`;
  // Frameworks set markup of their own: without trusted types.
  const policy = STRICT().replace(/; require-trusted.*/, '');
  await visit(put(path, document(body), { policy }), async (page) => {
    await askIdentifier(page, example.identifier);
    await answered(page, 'passed');
    assert.deepEqual(await page.evaluate(() => window.looks), ['passed']);
  });
}

async function bundle(entry, loader, modules) {
  const { outputFiles } = await build({
    stdin: { contents: entry, loader, resolveDir: import.meta.dirname ?? new URL('.', import.meta.url).pathname },
    bundle: true, write: false, format: 'esm', jsx: 'automatic', minify: true, logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"', __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
    plugins: [{
      name: 'samples',
      setup(building) {
        building.onResolve({ filter: /^\.\/sample\./ }, ({ path }) => ({ path, namespace: 'sample' }));
        building.onLoad({ filter: /.*/, namespace: 'sample' }, ({ path }) => ({ contents: modules[path][0], loader: modules[path][1], resolveDir: new URL('.', import.meta.url).pathname }));
      },
    }],
  });
  return outputFiles[0].text;
}

test('iframe: verifies, and tells the page around it the outcome and nothing else', async () => {
  const listen = put('/listen.js', 'window.told = []; addEventListener("message", (event) => window.told.push(event.data));', { type: 'text/javascript' });
  await visit(put('/iframe', document(`<script src="${new URL(listen).pathname}"></script>${samples.iframe}`)), async (page) => {
    const frame = page.frameLocator('iframe');
    await frame.locator('[data-mode="identifier"]').click();
    await frame.locator('#identifier').fill(example.identifier);
    await frame.locator('button[type="submit"]').click();
    await frame.locator('.card[data-look="passed"]').waitFor();
    assert.deepEqual(await page.evaluate(() => window.told), [{ type: 'verify-answer', look: 'passed' }]);
  });
});

test('looks and words are the page\'s to choose: colours, parts, slots, ways of asking', async () => {
  const body = `<link rel="stylesheet" href="/own.css">${samples.html.replace('></certificate-verify>', ' modes="identifier" large><span slot="heading">本局证照核验</span></certificate-verify>')}`;
  put('/own.css', 'certificate-verify { --cv-accent: rgb(120, 0, 60); } certificate-verify::part(submit) { border-radius: 30px; }', { type: 'text/css' });
  await visit(put('/own', document(body), { policy: `${STRICT()}; style-src 'self'` }), async (page) => {
    const button = element(page).locator('button[type="submit"]');
    await button.waitFor();
    assert.equal(await button.evaluate((one) => getComputedStyle(one).borderRadius), '30px');
    assert.equal(await button.evaluate((one) => getComputedStyle(one).backgroundColor), 'rgb(120, 0, 60)');
    assert.equal(await element(page).locator('.tab').count(), 0);
    assert.equal(await page.locator('[slot="heading"]').isVisible(), true);
  });
});

test('the script is served to every origin, compressed, by its digest, and under its stable name for good', async () => {
  const ask = (path, headers = {}) => fetch(hub.url(path), { headers: { 'Accept-Encoding': 'gzip', Origin: portal.url, ...headers } });
  const newest = await ask('/widget/certificate-verify.js');
  assert.equal(newest.headers.get('access-control-allow-origin'), '*');
  assert.equal(newest.headers.get('content-encoding'), 'gzip');
  assert.equal(newest.headers.get('cache-control'), 'no-cache');
  const again = await ask('/widget/certificate-verify.js', { 'If-None-Match': newest.headers.get('etag') });
  assert.equal(again.status, 304);
  const stable = await ask('/widget/v1/certificate-verify.js');
  assert.match(stable.headers.get('cache-control'), /immutable/);
  const digest = createHash('sha384').update(Buffer.from(await stable.arrayBuffer())).digest('base64');
  assert.ok(samples.html.includes(`integrity="sha384-${digest}"`));
  assert.equal((await ask('/widget/v1/verify.wasm')).headers.get('content-type'), 'application/wasm');
  assert.equal((await ask('/widget/v1/none.js')).status, 404);
});

test('only the frame may be framed', async () => {
  const policy = async (path) => (await fetch(hub.url(path))).headers;
  assert.match((await policy('/')).get('content-security-policy'), /frame-ancestors 'none'/);
  assert.equal((await policy('/')).get('x-frame-options'), 'DENY');
  // The demo hub answers pages of any origin.
  assert.match((await policy('/widget/frame')).get('content-security-policy'), /frame-ancestors \*;/);
  assert.equal((await policy('/widget/frame')).get('x-frame-options'), null);
});
