// The console in a real browser on a real hub: from an unknown type file with two faults to a certificate that was issued, looked at,
// verified and revoked; every page by axe in both widths and languages; by keyboard; nothing on the browser's console, nothing from elsewhere.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { startHub } from './hub.mjs';

const BROWSER = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  .find((path) => path && existsSync(path));
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const SOUND = readFileSync(fileURLToPath(new URL('console/food-business-licence.json', import.meta.url)), 'utf8');
const FAULTY = SOUND.replace('"from": "operatorName"', '"from": "operatorNam"').replace('"format": "credit-code"', '"format": "credit-cod"');
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 375, height: 780 };
const KEPT = 'zhengzhao.console.tokens';

let hub;
let browser;

before(async () => {
  assert.ok(BROWSER, 'no Chromium found: install the package chromium, or name one in CHROMIUM');
  hub = await startHub({ certificates: 45 });
  // The sandbox needs rights that root in a container has not got; the only pages opened are the hub's own.
  browser = await chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
});
after(async () => {
  await browser?.close();
  await hub?.stop();
});

test('from a type file with two faults to a certificate that is issued, sealed, looked at, verified and revoked', () =>
  visit('#/types/+', async (page, complaints) => {
    await signIn(page, 'admin');

    // Two faults, each at its line.
    await page.locator('input[name=type-file]').setInputFiles({ name: 'food.json', mimeType: 'application/json', buffer: Buffer.from(FAULTY) });
    await press(page, '检查（试运行）');
    const found = page.locator('.found li.error');
    await found.nth(1).waitFor();
    assert.equal(await found.count(), 2);
    for (const [index, wrong] of ['operatorNam"', 'credit-cod"'].entries()) {
      const line = FAULTY.slice(0, FAULTY.indexOf(wrong)).split('\n').length;
      assert.match(await found.nth(index).innerText(), new RegExp(`第 ${line} 行`));
      await found.nth(index).locator('.jump').click();
      const selected = await page.locator('.editor textarea').evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd));
      assert.ok(selected.includes(wrong), `the place of the fault is selected: ${selected}`);
    }
    assert.equal(await page.locator('.report').count(), 0, 'nothing to register');
    await sound(page, 'the faults');

    // Mended in place: the report, then a draft.
    await page.locator('.editor textarea').fill(SOUND);
    await press(page, '检查（试运行）');
    await page.locator('.report').getByText('尚未作任何更改').waitFor();
    await sound(page, 'the report');
    const types = () => hub.graphql({ query: '{ certificateTypes { name state } }', token: hub.tokens.admin });
    const state = async () => (await types()).data.certificateTypes.find(({ name }) => name === 'FoodBusinessLicence')?.state;
    assert.equal(await state(), undefined, 'a dry run registers nothing');
    await press(page, '登记');
    await agree(page, { names: ['食品经营许可证', 'FoodBusinessLicence', '1.0.0', '草稿'] });
    await page.getByRole('link', { name: '查看类型' }).click();
    await page.getByRole('heading', { level: 1, name: /食品经营许可证.*草稿/ }).waitFor();
    assert.equal(await state(), 'DRAFT');
    await press(page, '发布');
    await agree(page, { names: ['食品经营许可证'] });
    await page.getByRole('heading', { level: 1, name: /食品经营许可证.*已发布/ }).waitFor();
    assert.equal(await state(), 'PUBLISHED');

    // Issuing is the issuer's: another identity beside the administrator's.
    assert.equal(await page.getByRole('link', { name: '签发', exact: true }).count(), 0);
    await addIdentity(page, 'issuer');
    await page.getByRole('link', { name: '签发', exact: true }).click();
    await press(page, '填入虚构示例');
    await page.locator('[name=creditCode]').fill('91990000MAH0TEXT1X');
    await press(page, '签发');
    await agree(page, { names: ['食品经营许可证'] });
    const fault = page.locator('.field.faulty');
    await fault.waitFor();
    assert.match(await fault.innerText(), /统一社会信用代码[\s\S]*校验位/);
    assert.equal(await page.evaluate(() => document.activeElement.name), 'creditCode', 'the faulty field has the focus');
    await sound(page, 'a fault at its field');
    await page.locator('[name=creditCode]').fill('91990000MAH0TEXT1J');
    await press(page, '签发');
    await agree(page, {});
    await page.getByRole('heading', { level: 1, name: '已签发' }).waitFor();
    const number = await page.locator('.facts > div', { hasText: '证照编号' }).locator('dd').innerText();
    assert.match(number, /^JY测\d{11}$/);

    // It waits for its seal; what waits is looked at before it is sealed.
    await page.getByRole('link', { name: '签章队列' }).click();
    const row = page.locator('tbody tr', { hasText: number });
    await comesTrue(async () => {
      if ((await row.count()) > 0) return true;
      // An empty queue tells of nobody, so that no purpose is asked for yet.
      if ((await page.locator('#purpose-form').count()) > 0) await givePurpose(page, '食品经营许可核发');
      else await press(page, '刷新');
      await page.waitForTimeout(500);
      return (await row.count()) > 0;
    }, 'it is in the queue');
    await sound(page, 'the queue');
    await row.getByRole('link').click();
    await page.getByRole('heading', { name: '结构化数据' }).waitFor();
    assert.match(await page.locator('main').innerText(), /测试餐饮有限公司[\s\S]*热食类食品制售/);
    await press(page, '预览照面');
    await page.locator('.problem').waitFor(); // it is not sealed yet
    forgive(complaints, '409');
    await page.goBack();
    await page.getByLabel(`选择 ${number} 测试餐饮有限公司`).check();
    await press(page, /^签章所选（1）$/);
    await agree(page, { names: [number] });
    await page.locator('.notice.good').waitFor();

    // Looked at: the seal is on the page.
    await press(page, '已签章');
    await row.getByRole('link').click();
    await press(page, '预览照面');
    const canvas = page.locator('.pdf[data-pages="1"] canvas');
    await canvas.waitFor();
    assert.match(await canvas.getAttribute('aria-label'), /测试餐饮有限公司/);
    assert.ok((await reds(canvas)) > 500, 'a red seal is drawn');
    assert.deepEqual(await page.locator('.sealed').evaluateAll((all) => all.map((one) => [one.dataset.format, one.querySelector('.tag').textContent])), [['PDF', '验证通过'], ['OFD', '验证通过']]);
    for (const format of ['PDF', 'OFD', 'JSON']) {
      const download = page.waitForEvent('download');
      await press(page, `下载 ${format}`);
      assert.match((await download).suggestedFilename(), new RegExp(`\\.${format.toLowerCase()}$`));
    }

    // Verified, then revoked by name and number, then refused to everybody.
    await press(page, '立即验证');
    await page.locator('.verdict[data-result=PASSED]').waitFor();
    await sound(page, 'the certificate');
    await press(page, '撤销');
    await agree(page, { names: [number, '测试餐饮有限公司'], reason: '经营场所已停业（测试）', typed: number });
    await page.getByRole('heading', { level: 1, name: /食品经营许可证.*撤销/ }).waitFor();
    await press(page, '立即验证');
    await page.locator('.verdict[data-result=FAILED]').waitFor();
    assert.match(await page.locator('table', { hasText: '操作' }).innerText(), /撤销[\s\S]*经营场所已停业（测试）/);
    await sound(page, 'the revoked certificate');
    const id = page.url().split('/').pop();
    const { data } = await hub.graphql({ query: 'query ($id: ID!) { verifyCertificate(id: $id) { result genuine status } }', variables: { id } });
    assert.deepEqual(data.verifyCertificate, { result: 'FAILED', genuine: true, status: 'REVOKED' });
  }));

const PAGES = {
  admin: ['#/', '#/types', '#/types/SafetyOfficerCertificate', '#/types/+', '#/seals', '#/monitoring', '#/log', '#/nowhere'],
  issuer: ['#/', '#/issue', '#/issue/SafetyOfficerCertificate', '#/queue', '#/certificates', '#/monitoring', 'certificate'],
  department: ['#/', '#/certificates', 'certificate', '#/seals'],
};

for (const viewport of [WIDE, PHONE]) {
  for (const locale of ['zh-CN', 'en']) {
    test(`axe finds nothing on any page, ${viewport.width} px, ${locale}`, () =>
      visit('', async (page) => {
        await sound(page, 'signing in');
        for (const [role, pages] of Object.entries(PAGES)) {
          await page.evaluate(([kept, token]) => sessionStorage.setItem(kept, JSON.stringify([token])), [KEPT, hub.tokens[role]]);
          await page.reload();
          for (const hash of pages) {
            const example = hub.examples.SafetyOfficerCertificate.id;
            await page.evaluate((to) => (location.hash = to), hash === 'certificate' ? `#/certificates/${example}` : hash);
            await settled(page);
            if (hash === '#/certificates') {
              await page.locator('form.search button[type=submit]').click();
              await settled(page);
            }
            await sound(page, `${role} ${hash}`);
            assert.equal(await page.locator('.problem').count(), 0, `${role} ${hash}: ${await page.locator('main').innerText()}`);
          }
        }
      }, { viewport, locale }));
  }
}

test('what one reads for is asked before anything is read, once, and goes with every request', () =>
  visit('#/certificates', async (page) => {
    await signIn(page, 'department');
    const asked = [];
    page.on('request', (request) => request.url().endsWith('/graphql') && asked.push(request.postDataJSON()));
    await page.locator('form.search button[type=submit]').click();
    const dialog = page.locator('dialog');
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('没有读取任何数据').waitFor();
    assert.equal(await page.locator('tbody tr').count(), 0);
    await press(page, '说明用途');
    await givePurpose(page, '窗口核验');
    await page.locator('tbody tr').first().waitFor();
    assert.match(await page.locator('.purpose-bar').innerText(), /窗口核验/);
    await page.locator('tbody a').first().click();
    await page.getByRole('heading', { name: '结构化数据' }).waitFor();
    const reads = asked.filter(({ query }) => /certificates?\(/.test(query));
    assert.deepEqual(reads.map(({ extensions }) => extensions?.purpose?.useFor).slice(-3), Array(3).fill('窗口核验'));
    await press(page, '结束任务');
    assert.equal(await page.locator('.purpose-bar').count(), 0);
  }));

test('a token that the hub does not know is refused, and after signing out none is left in the browser', () =>
  visit('', async (page, complaints) => {
    await page.locator('[name=token]').fill('zz_nobody');
    await page.locator('form button[type=submit]').click();
    await page.locator('.problem').waitFor();
    assert.equal(await page.evaluate((kept) => sessionStorage.getItem(kept), KEPT), null);
    forgive(complaints, '401');
    await signIn(page, 'admin');
    await page.getByRole('heading', { level: 1, name: '工作台' }).waitFor();
    assert.match(await page.locator('main').innerText(), /管理员[\s\S]*登记、发布和停用证照类型/);
    await page.reload();
    await page.getByRole('heading', { level: 1, name: '工作台' }).waitFor();
    await page.locator('.account summary').click();
    await press(page, '退出登录');
    await page.locator('[name=token]').waitFor();
    const left = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie, location.href]));
    assert.ok(!left.includes(hub.tokens.admin), left);
  }));

test('by keyboard alone: in, to a type, its withdrawal begun and thought better of', () =>
  visit('', async (page) => {
    await tabTo(page, '[name=token]');
    await page.keyboard.insertText(hub.tokens.admin);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await tabTo(page, 'a[href="#/types"]');
    await page.keyboard.press('Enter');
    await page.locator('tbody tr').first().waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1', 'a page is announced by its heading');
    await tabTo(page, 'a[href="#/types/SafetyOfficerCertificate"]');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: '停用' }).waitFor();
    await tabTo(page, 'button.dangerous');
    await page.keyboard.press('Enter');
    await page.locator('dialog').waitFor();
    assert.ok(await page.locator('dialog button[type=submit]').isDisabled(), 'its name must be typed first');
    for (let presses = 0; presses < 8; presses++) {
      await page.keyboard.press('Tab');
      assert.ok(await page.evaluate(() => document.activeElement === document.body || document.querySelector('dialog').contains(document.activeElement)), 'the focus stays in the dialog');
    }
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.activeElement.textContent), '停用', 'the focus is back where it was');
  }));

test('a seal is made, suspended with a reason, resumed, and destroyed only when its code was typed', () =>
  visit('#/seals', async (page) => {
    await signIn(page, 'admin');
    await page.locator('.seal').first().waitFor();
    const before = await page.locator('.seal').count();
    await press(page, '制作印章');
    await page.locator('dialog [name=custodian]').fill('测试保管人');
    await page.locator('dialog [name=shape]').selectOption('OVAL');
    await page.locator('dialog button[type=submit]').click();
    const seal = page.locator('.seal', { hasText: '测试保管人' });
    await seal.waitFor();
    assert.equal(await page.locator('.seal').count(), before + 1);
    const code = await seal.getAttribute('data-code');
    await seal.getByRole('button', { name: '停用' }).click();
    await agree(page, { names: [code], reason: '保管人离任' });
    await seal.getByText('保管人离任').waitFor();
    await seal.getByRole('button', { name: '恢复' }).click();
    await agree(page, { names: [code], reason: '已移交' });
    await seal.locator('h3 .tag.good').waitFor();
    await seal.getByRole('button', { name: '销毁' }).click();
    await agree(page, { names: [code], reason: '测试完毕', typed: code });
    await seal.locator('h3 .tag.bad').waitFor();
    assert.equal(await seal.getByRole('button').count(), 0);
  }));

test('the log shows its checkpoint, and an event that is not there is refused in words', () =>
  visit('#/log', async (page, complaints) => {
    await signIn(page, 'admin');
    const [origin] = (await (await fetch(hub.url('/log/checkpoint'))).text()).split('\n');
    await page.getByText(origin).first().waitFor();
    await page.locator('[name=event]').fill('01a20638-b74c-7503-9e98-6391fda76548');
    await press(page, '取证明并核算');
    await page.locator('.problem', { hasText: '没有这一访问记录' }).waitFor();
    forgive(complaints, '404');
  }));

async function visit(hash, act, options = {}) {
  const context = await browser.newContext({ locale: 'zh-CN', viewport: WIDE, ...options });
  await context.addInitScript({ path: AXE });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
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

/** The browser's own line about a refusal that the test provoked: one, and no more. */
function forgive(complaints, status) {
  const place = complaints.findIndex((text) => text.startsWith('Failed to load resource') && text.includes(status));
  assert.notEqual(place, -1, `a line about ${status}`);
  complaints.splice(place, 1);
}

async function signIn(page, role) {
  await page.locator('[name=token]').fill(hub.tokens[role]);
  await page.locator('form button[type=submit]').click();
  await page.locator('.desk').waitFor();
}

async function addIdentity(page, role) {
  await page.locator('.account summary').click();
  await press(page, '以另一令牌登录');
  await page.locator('dialog [name=token]').fill(hub.tokens[role]);
  await page.locator('dialog form button[type=submit]').click();
  await page.locator('dialog').waitFor({ state: 'detached' });
}

const press = (page, name) => page.getByRole('button', { name, exact: true }).click();

/** Says yes to what is asked, once it names what is changed. */
async function agree(page, { names = [], reason, typed }) {
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

async function givePurpose(page, useFor) {
  await page.locator('#purpose-form [name=useFor]').fill(useFor);
  await page.locator('#purpose-form button[type=submit]').click();
  await page.locator('dialog').waitFor({ state: 'detached' });
}

/** Everything that was asked for is there; a purpose is given where one is wanted. */
async function settled(page) {
  await comesTrue(async () => {
    if ((await page.locator('#purpose-form').count()) > 0) await givePurpose(page, '自动测试');
    await page.waitForTimeout(120);
    return page.evaluate(() => !document.querySelector('.waiting, #purpose-form') && document.querySelector('main h1') !== null && [...document.querySelectorAll('.drawing')].every((place) => place.querySelector('svg')));
  }, 'the page settles');
}

/** Without a finding of axe, and without sideways scrolling. */
async function sound(page, name) {
  const found = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`), [], name);
  const { wide, width } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, width: innerWidth }));
  assert.ok(wide <= width, `${name} is ${wide} px wide in ${width}`);
}

/** Presses Tab until the focus is there. */
async function tabTo(page, selector) {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
  }
  throw new Error(`80 times Tab do not lead to ${selector}`);
}

/** How many pixels of a canvas are red. */
const reds = (canvas) =>
  canvas.evaluate((place) => {
    const { data } = place.getContext('2d').getImageData(0, 0, place.width, place.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at] > 180 && data[at + 1] < 80 && data[at + 2] < 80) count++;
    return count;
  });

async function comesTrue(holds, what) {
  for (const began = Date.now(); Date.now() - began < 30_000; ) if (await holds()) return;
  throw new Error(`did not come true within thirty seconds: ${what}`);
}
