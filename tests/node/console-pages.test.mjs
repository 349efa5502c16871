// Every page of the console by axe in both widths and languages; by keyboard; tokens, purposes, seals, the log.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { KEPT, PHONE, WIDE, agree, byToken, forgive, givePurpose, hub, press, settled, signIn, sound, start, stop, tabTo, visit } from './console/browser.mjs';

before(start);
after(stop);

const PAGES = {
  admin: ['#/', '#/types', '#/types/SafetyOfficerCertificate', '#/types/+', '#/seals', '#/grants', '#/monitoring', '#/log', '#/nowhere'],
  issuer: ['#/', '#/issue', '#/issue/SafetyOfficerCertificate', '#/queue', '#/certificates', '#/monitoring', 'certificate'],
  department: ['#/', '#/certificates', 'certificate', '#/access', '#/seals'],
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
    await byToken(page);
    await page.locator('[name=token]').fill('zz_nobody');
    await page.locator('form button[type=submit]').click();
    await page.locator('.problem').waitFor();
    assert.equal(await page.evaluate((kept) => sessionStorage.getItem(kept), KEPT), null);
    await forgive(complaints, '401');
    await signIn(page, 'admin');
    await page.getByRole('heading', { level: 1, name: '工作台' }).waitFor();
    assert.match(await page.locator('main').innerText(), /管理员[\s\S]*登记、发布和停用证照类型/);
    await page.reload();
    await page.getByRole('heading', { level: 1, name: '工作台' }).waitFor();
    await page.locator('.account summary').click();
    await press(page, '退出登录');
    await page.locator('[name=password]').waitFor();
    const left = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie, location.href]));
    assert.ok(!left.includes(hub.tokens.admin), left);
  }));

test('by keyboard alone: in, to a type, its withdrawal begun and thought better of', () =>
  visit('', async (page) => {
    await tabTo(page, '.other-way button');
    await page.keyboard.press('Enter');
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
    await forgive(complaints, '404');
  }));
