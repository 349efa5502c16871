// Signing in to the console with name, password and code; signing out at the hub; and what happens when nobody works for a while.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { KEPT, PHONE, WIDE, hub, press, sound, start, stop, visit } from './console/browser.mjs';
import { enter } from './console/people.mjs';

before(start);
after(stop);

const [first, second] = [0, 1].map((place) => () => hub.administrators[place]);

const kept = (page) => page.evaluate((key) => JSON.parse(sessionStorage.getItem(key) ?? '[]')[0], KEPT);

/** Does the hub let this token in? */
async function counts(token) {
  const { data } = await hub.graphql({ query: '{ me { name } }', token });
  return data?.me?.name ?? null;
}

test('with name, password and code one is in, after a reload too, and out at the hub after signing out', () =>
  visit('', async (page) => {
    await sound(page, 'the door');
    await page.setViewportSize(PHONE);
    await sound(page, 'the door on a phone');
    await page.setViewportSize(WIDE);
    await enter(page, first(), { password: 'not the password' });
    await page.locator('.problem', { hasText: '账号、密码或动态口令不对' }).waitFor();
    assert.equal(await page.locator('[name=code]').inputValue(), '', 'a code is typed anew each time');
    assert.equal(await kept(page), undefined);
    await sound(page, 'a refusal');
    await enter(page, first());
    await page.locator('.desk').waitFor();
    await page.locator('.account', { hasText: '测试管理员甲' }).waitFor();
    const token = await kept(page);
    assert.match(token, /^zza_/);
    assert.equal(await counts(token), first().name);
    await page.reload();
    await page.locator('.account', { hasText: '测试管理员甲' }).waitFor();
    await page.locator('.account summary').click();
    await press(page, '退出登录');
    await page.locator('[name=password]').waitFor();
    assert.equal(await kept(page), undefined);
    for (let tries = 0; (await counts(token)) !== null; tries++) {
      assert.ok(tries < 50, 'the session goes on at the hub');
      await page.waitForTimeout(100);
    }
  }));

test('a session that is ended elsewhere leads back to the door, with the reason', () =>
  visit('', async (page, complaints) => {
    await enter(page, second());
    await page.locator('.desk').waitFor();
    const { data } = await hub.graphql({ query: 'mutation ($name: String) { endAllSessions(name: $name) }', variables: { name: second().name }, token: hub.tokens.admin });
    assert.equal(data?.endAllSessions, 1);
    await page.getByRole('link', { name: '授权管理' }).click();
    await page.locator('.problem', { hasText: '会话已被结束，请重新登录' }).waitFor();
    await page.locator('[name=password]').waitFor();
    const lines = complaints.splice(0).filter((line) => !(line.startsWith('Failed to load resource') && line.includes('401')));
    assert.deepEqual(lines, [], 'the browser complains of the refusals alone');
  }));

test('whoever does nothing for half an hour is signed out, here and at the hub, and told why', () =>
  visit('', async (page) => {
    await page.clock.install();
    await page.reload();
    await enter(page, first());
    await page.locator('.desk').waitFor();
    const token = await kept(page);
    await page.clock.fastForward('20:00');
    await page.mouse.move(200, 200);
    await page.clock.fastForward('20:00');
    await page.locator('.desk').waitFor();
    assert.equal(await counts(token), first().name, 'he worked meanwhile');
    await page.clock.fastForward('31:00');
    await page.locator('.problem', { hasText: '长时间没有操作' }).waitFor();
    await page.locator('[name=password]').waitFor();
    assert.equal(await kept(page), undefined);
    for (let tries = 0; (await counts(token)) !== null; tries++) {
      assert.ok(tries < 50, 'the session goes on at the hub');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }));
