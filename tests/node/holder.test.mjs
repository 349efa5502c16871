// /holder in a real browser: a holder sees his own certificates, saves one, consents by a use code, sees who read, freezes.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibilityFaults, DESK, PHONE, startBrowser, until, visit as visitWith } from './browser.mjs';
import { startHub } from './hub.mjs';

const TYPE = 'SafetyOfficerCertificate';
/** The whole credit code (GB 32100) of these 17 characters. */
const creditCode = (body) => {
  const letters = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  const sum = [...body].reduce((sum, letter, place) => sum + letters.indexOf(letter) * (3 ** place % 31), 0);
  return body + letters[(31 - (sum % 31)) % 31];
};
/** Behind the demonstration's token `department`. */
const DEPARTMENT = creditCode('119900000000000E5');

let hub;
let browser;
let holder; // the code of the person whose certificates are looked at

before(async () => {
  hub = await startHub();
  holder = hub.examples[TYPE].holderCode;
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await hub?.stop();
});

const visit = (act, options) => visitWith({ browser, hub }, options?.path ?? '/holder', act, options);

async function signIn(page, code = holder) {
  await page.locator(`#people button[data-code="${code}"]`).click();
  await page.locator('#access-list .row').first().waitFor();
}

async function session(code = holder) {
  const { data, errors } = await hub.graphql({ query: 'mutation($code: String!) { openHolderSession(code: $code) { token until } }', variables: { code }, token: hub.tokens.portal });
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data.openHolderSession;
}

/** Ticks these fields and makes a code of the type. Resolves to the code. */
async function makeCode(page, fields) {
  await page.locator('#type').selectOption(TYPE);
  await page.locator('#department').fill(DEPARTMENT.toLowerCase());
  await page.locator('.shows', { hasText: '测试甲' }).first().waitFor(); // what a field reveals is the holder's own value
  for (const field of fields) await page.locator(`#fields input[value="${field}"]`).check();
  const before = await page.locator('#made').innerText();
  await page.locator('#make button[type="submit"]').click();
  await until(page, (text) => document.querySelector('#made .code') && document.querySelector('#made').innerText !== text, before);
  const code = (await page.locator('#made .code').innerText()).trim();
  assert.match(code, /^([0-9A-Z]{4}\s*){3}$/);
  return code.replace(/\s+/g, ' ');
}

/** The department reads, showing the code, as a clerk typed it. */
const reading = (consent) =>
  hub.graphql({
    query: '{ safetyOfficerCertificates { nodes { id number personName status validFrom issuer { name } } } }',
    token: hub.tokens.department,
    purpose: { useFor: '办理资质', consent },
  });

test('without a session the page says how one signs in, which sites are official, and that no clerk asks for a code', () =>
  visit(async (page) => {
    await page.locator('#hosts', { hasText: process.env.HUB ? /:\d+/ : new URL(hub.endpoint).host }).waitFor();
    const text = await page.locator('main').innerText();
    assert.match(text, /政务服务门户[\s\S]*官方渠道只有[\s\S]*不会打电话[\s\S]*索要用证码/);
    assert.equal(await page.locator('#signed-in').isVisible(), false);
    assert.equal(await page.locator('#people button').count(), new Set(Object.values(hub.examples).map((one) => one.holderCode).filter(Boolean)).size);
  }));

test('a session that a portal hands over leaves the address at once, and half of one opens nothing', async () => {
  const { token, until: end } = await session();
  await visit(async (page) => {
    await page.locator('.certificate').first().waitFor();
    assert.equal(page.url(), hub.url('/holder'));
    assert.deepEqual(await page.evaluate(() => [JSON.stringify(localStorage), document.cookie]), ['{}', '']);
    assert.match(await page.locator('#left').innerText(), /登录还剩 (29|30):\d\d/);
    await page.reload();
    await page.locator('.certificate').first().waitFor();
  }, { path: `/holder#session=${token}&until=${encodeURIComponent(end)}` });
  await visit(async (page) => {
    await page.locator('#said', { hasText: '不完整' }).waitFor();
    assert.equal(page.url(), hub.url('/holder'));
    assert.equal(await page.locator('#signed-out').isVisible(), true);
  }, { path: '/holder#session=zzh_12' });
});

test('a session that the hub does not know, or whose time is over, ends in words and shows nothing', async () => {
  await visit(async (page) => {
    await page.locator('#said', { hasText: '登录已到期或已失效' }).waitFor();
    assert.equal(await page.locator('.certificate').count(), 0);
  }, { path: `/holder#session=zzh_${'0'.repeat(64)}`, excused: [/401/] });
  const { token } = await session();
  const soon = new Date(Date.now() + 6_000).toISOString();
  await visit(async (page) => {
    await page.locator('#said', { hasText: '登录已到期' }).waitFor({ timeout: 15_000 });
    assert.deepEqual(await page.evaluate(() => [sessionStorage.getItem('zhengzhao.holder'), document.querySelectorAll('.certificate').length]), [null, 0]);
  }, { path: `/holder#session=${token}&until=${soon}` });
});

test('a holder sees his own certificates only, looks at one, saves it, and each time is written down', () =>
  visit(async (page) => {
    await signIn(page);
    const { data } = await hub.graphql({ query: 'query($code: String!) { holder(code: $code) { certificates(first: 50) { nodes { identifier } } } }', variables: { code: holder }, token: hub.tokens.department });
    const shown = await page.locator('.certificate').evaluateAll((all) => all.map((one) => one.dataset.identifier));
    assert.deepEqual(shown.toSorted(), data.holder.certificates.nodes.map((one) => one.identifier).toSorted());
    const others = Object.values(hub.examples).filter((one) => one.holderCode !== holder);
    assert.ok(others.length > 0 && others.every((one) => !shown.includes(one.identifier)));

    const own = page.locator(`.certificate[data-identifier="${hub.examples[TYPE].identifier}"]`);
    assert.match(await own.innerText(), /有效[\s\S]*编号[\s\S]*颁发机构[\s\S]*有效期\s+\d{4}-\d\d-\d\d 至/);
    const saved = async (button) => {
      const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
      let head = '';
      for await (const chunk of await download.createReadStream()) head ||= chunk.subarray(0, 4).toString('latin1');
      return [download.suggestedFilename().split('.').pop(), head];
    };
    assert.deepEqual(await saved(own.getByRole('button', { name: '下载 PDF' })), ['pdf', '%PDF']);
    assert.deepEqual(await saved(own.getByRole('button', { name: '下载 OFD' })), ['ofd', 'PK\u0003\u0004']);
    const downloads = page.locator('#access-list [data-kind="download"][data-role="holder"]');
    await until(page, () => document.querySelectorAll('#access-list [data-kind="download"]').length === 2);
    assert.match(await downloads.first().innerText(), /您本人下载了证照文件[\s\S]*本人查看和下载/);

    await own.getByRole('button', { name: '查看和打印' }).click();
    await page.locator('#face-save:not([disabled])').waitFor({ timeout: 60_000 });
    assert.match(await page.locator('#face-pages canvas').first().getAttribute('aria-label'), /测试甲/);
    assert.deepEqual(await accessibilityFaults(page), []);
    // Paper holds the certificate alone.
    await page.evaluate(() => (window.print = () => (window.printed = [document.querySelectorAll('#paper canvas').length, document.body.className])));
    await page.locator('#face-print').click();
    await until(page, () => window.printed?.[0] >= 1 && window.printed[1] === 'on-paper');
    await page.keyboard.press('Escape');
    await until(page, () => document.querySelectorAll('#access-list [data-kind="download"]').length === 3);

    // What he caused himself he can prove.
    for (const end = Date.now() + 20_000; Date.now() < end;) {
      await downloads.last().getByRole('button', { name: /取证明/ }).click();
      await downloads.last().locator('[role="status"]', { hasText: /已保存|还没有入册/ }).waitFor();
      if (/已保存/.test(await downloads.last().innerText())) break;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    assert.match(await downloads.last().innerText(), /证明已保存/);
  }, { excused: [/404/] }));

test('a use code lets a department read once what was ticked; the page shows the access and the code as used; another is withdrawn', () =>
  visit(async (page) => {
    await signIn(page);
    await page.locator('#department').fill('123');
    await page.locator('#make button[type="submit"]').click();
    await page.locator('#make-fault', { hasText: '18位' }).waitFor();

    const code = await makeCode(page, ['personName']);
    assert.match(await page.locator('#made').innerText(), /只显示这一次[\s\S]*不要在电话、短信、聊天里告诉任何人/);
    const rows = page.locator('#code-list .row');
    await rows.filter({ hasText: '有效，未使用' }).first().waitFor();
    assert.match(await rows.first().innerText(), new RegExp(`${DEPARTMENT}[\\s\\S]*：姓名`));
    const first = await reading(code.toLowerCase());
    const [node] = first.data.safetyOfficerCertificates.nodes;
    assert.deepEqual([first.data.safetyOfficerCertificates.nodes.length, node.personName, node.number], [1, '测试甲', '***'], JSON.stringify(first));
    assert.ok(node.status === 'VALID' && node.validFrom && node.issuer.name, 'what a code always shows');
    const second = await reading(code);
    assert.equal(second.errors?.[0].extensions.code, 'FORBIDDEN', JSON.stringify(second));
    await page.locator('#refresh').click();
    await rows.first().filter({ hasText: '已使用，已失效' }).waitFor();

    // A call that names one certificate is listed, with the code by which it was allowed.
    const named = await makeCode(page, ['personName', 'number']);
    const one = await hub.graphql({
      query: 'query($id: ID!) { certificate(id: $id) { id number } }',
      variables: { id: hub.examples[TYPE].id },
      token: hub.tokens.department,
      purpose: { useFor: '办理资质', itemName: '安全员登记', consent: named },
    });
    assert.equal(one.errors, undefined, JSON.stringify(one));
    await page.locator('#refresh').click();
    const access = page.locator('#access-list .row[data-role="department"]', { hasText: '您同意的' });
    await access.waitFor();
    assert.match(await access.innerText(), /用证部门（账号 demo-department）读取了证照信息[\s\S]*北京时间[\s\S]*办理资质；安全员登记[\s\S]*您同意的：给 .*用证码/);

    const third = await makeCode(page, ['personName']);
    await page.locator('#made').getByRole('button', { name: '收起' }).click();
    await rows.first().getByRole('button', { name: /撤回/ }).click();
    await rows.first().filter({ hasText: '已撤回' }).waitFor();
    assert.equal((await reading(third)).errors?.[0].extensions.code, 'FORBIDDEN');
    // The codes themselves are nowhere on the page any more.
    const text = await page.locator('body').innerText();
    for (const gone of [code, named, third]) assert.ok(!text.replace(/\s/g, '').includes(gone.replace(/\s/g, '')));
  }));

test('axe finds nothing and nothing scrolls sideways: both widths, both languages, large text, by keyboard alone', async () => {
  for (const viewport of [PHONE, DESK]) {
    for (const locale of ['zh-CN', 'en']) {
      await visit(async (page) => {
        const sound = async (what) => {
          assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= viewport.width, `${what} fits ${viewport.width}`);
          assert.deepEqual(await accessibilityFaults(page), [], `${what} ${viewport.width} ${locale}`);
        };
        await page.locator(`#people button[data-code="${holder}"]`).waitFor();
        await sound('signed out');
        await page.locator(`#people button[data-code="${holder}"]`).focus();
        await page.keyboard.press('Enter');
        await page.locator('#access-list .row').first().waitFor();
        await makeCode(page, ['personName', 'number']);
        await sound('signed in');
        await page.locator('#large').click();
        await sound('large text');
        await page.locator('#freeze').focus();
        await page.keyboard.press('Enter');
        await page.locator('#sure').waitFor();
        await sound('asked whether to freeze');
        await page.keyboard.press('Escape');
        await page.locator('#sign-out').click();
        await page.locator('#said', { hasText: locale === 'en' ? 'Signed out' : '已退出' }).waitFor();
        assert.deepEqual(await page.evaluate(() => [sessionStorage.getItem('zhengzhao.holder'), document.querySelectorAll('.certificate, #code-list .row, #access-list .row').length]), [null, 0]);
      }, { viewport, locale });
    }
  }
});

// Last: nobody signs in as him afterwards.
test('freezing asks why, ends the session and every use code, and says how it is lifted', () =>
  visit(async (page) => {
    await signIn(page);
    const code = await makeCode(page, ['personName']);
    await page.locator('#freeze').click();
    const confirm = page.locator('#sure button[type="submit"]');
    await confirm.click();
    await page.locator('#sure-fault', { hasText: '原因' }).waitFor();
    await page.locator('#reason').fill('手机丢失');
    await confirm.click();
    await page.locator('#said', { hasText: /已挂失[\s\S]*窗口/ }).waitFor();
    assert.equal(await page.locator('#signed-out').isVisible(), true);
    assert.equal(await page.locator('.certificate, #made .code').count(), 0);
    assert.equal((await reading(code)).errors?.[0].extensions.code, 'FORBIDDEN');
    const again = await hub.graphql({ query: 'mutation($code: String!) { openHolderSession(code: $code) { token } }', variables: { code: holder }, token: hub.tokens.portal });
    assert.equal(again.errors?.[0].extensions.code, 'FORBIDDEN');
    // The demonstration's clerk lifts it.
    await hub.graphql({ query: 'mutation($code: String!) { unfreezeHolder(code: $code) }', variables: { code: holder }, token: hub.tokens.issuer });
  }));
