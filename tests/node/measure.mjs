// How long the element takes, as a table: `ZHENGZHAO_BIN=… node measure.mjs`. A phone is a desk's browser at a quarter of its speed.

import { askIdentifier, choose, DESK, element, PHONE, startBrowser, upload } from './browser.mjs';
import { startHub } from './hub.mjs';

const TIMES = 7; // each; the median is told

const hub = await startHub();
const browser = await startBrowser();
const { identifier } = hub.examples.SafetyOfficerCertificate;
const headers = { Authorization: `Bearer ${hub.tokens.department}`, 'X-Purpose': '%7B%22useFor%22%3A%22test%22%7D' };
const files = {};
for (const format of ['json', 'pdf', 'ofd']) files[format] = await (await fetch(hub.url(`/certificates/${identifier}.${format}`), { headers })).arrayBuffer();

const median = (list) => list.sort((one, other) => one - other)[Math.floor(list.length / 2)];

async function measured(slowdown, viewport) {
  const rows = new Map();
  const add = (what, from) => rows.set(what, [...(rows.get(what) ?? []), performance.now() - from]);
  for (let time = 0; time < TIMES; time += 1) {
    const context = await browser.newContext({ viewport, locale: 'zh-CN' });
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
    let from = performance.now();
    await page.goto(hub.url('/'), { waitUntil: 'commit' });
    await element(page).locator('.tab').first().waitFor();
    add('the start page, until one can ask', from);
    const answered = async (what, look, ask) => {
      const before = performance.now();
      await ask();
      await element(page).locator(`.card[data-look="${look}"]`).waitFor();
      add(what, before);
      await element(page).getByRole('button', { name: '再验一份' }).click();
    };
    const verifier = page.waitForResponse((response) => response.url().endsWith('/verify.wasm'));
    await answered('by identifier', 'passed', () => askIdentifier(page, identifier));
    await (await verifier).finished();
    for (const format of ['json', 'pdf', 'ofd']) await answered(`by file, ${format}`, 'passed', () => upload(page, `c.${format}`, 'application/octet-stream', files[format]));
    await context.setOffline(true);
    for (const format of ['json', 'pdf']) await answered(`without the network, ${format}`, 'offline', () => upload(page, `c.${format}`, 'application/octet-stream', files[format]));
    await choose(page, 'scan');
    await context.close();
  }
  return rows;
}

try {
  const [desk, phone] = [await measured(1, DESK), await measured(4, PHONE)];
  console.log('| | desk, ms | phone, ms |\n| --- | --: | --: |');
  for (const [what, times] of desk) console.log(`| ${what} | ${median(times).toFixed(0)} | ${median(phone.get(what)).toFixed(0)} |`);
} finally {
  await browser.close();
  await hub.stop();
}
