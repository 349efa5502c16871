// Second approval in the console: one administrator asks, another looks at it and approves or refuses.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PHONE, agree, hub, press, sound, start, stop, visit } from './console/browser.mjs';
import { enter } from './console/people.mjs';

before((context) => start(context, ['--second', 'grant,type,key']));
after(stop);

const DEPARTMENT = '11990000000000GX2C';
const grant = (name) => ({ name, department: DEPARTMENT, type: 'SafetyOfficerCertificate', fields: ['categoryCode'], masked: [], items: ['990000-001'], until: '2099-12-31', legalBasis: '测试条例 第一条' });

const held = async () => (await hub.graphql({ query: '{ grants { name putBy } }', token: hub.tokens.admin })).data.grants;

async function ask(page, name) {
  await press(page, '登记授权');
  await page.locator('.editor textarea').fill(JSON.stringify(grant(name)));
  await press(page, '登记');
  await agree(page, { names: [name] });
  await page.locator('.problem', { hasText: '待第二人批准' }).waitFor();
}

const waiting = (page, name) => page.locator('.approval', { hasText: name });

test('what one asks for another approves as it was asked, or refuses with a reason', async () => {
  const [first, second] = hub.administrators;
  await visit('#/grants', async (page) => {
    await enter(page, first);
    await page.locator('.desk').waitFor();
    for (const name of ['officers', 'others', 'mistaken']) {
      await ask(page, name);
      await page.reload();
      await page.getByRole('heading', { level: 1 }).waitFor();
    }
    await page.getByRole('link', { name: '第二人批准' }).click();
    await waiting(page, '"mistaken"').getByText('（本人）').waitFor();
    assert.equal(await page.getByRole('button', { name: /^批准/ }).count(), 0, 'nobody approves his own');
    await waiting(page, '"mistaken"').getByRole('button', { name: /撤回申请/ }).click();
    await agree(page, { names: ['登记授权', first.name], reason: '写错了（测试）' });
    await waiting(page, '"mistaken"').waitFor({ state: 'detached' });
  });
  assert.deepEqual(await held(), []);
  await visit('#/approvals', async (page) => {
    await enter(page, second);
    await waiting(page, '"officers"').waitFor();
    assert.match(await waiting(page, '"officers"').innerText(), /登记授权[\s\S]*demo-first[\s\S]*测试条例 第一条/);
    await sound(page, 'what waits');
    await page.setViewportSize(PHONE);
    await sound(page, 'what waits, on a phone');
    await waiting(page, '"officers"').getByRole('button', { name: /^批准/ }).click();
    await agree(page, { names: ['登记授权', first.name, 'officers'] });
    await waiting(page, '"officers"').waitFor({ state: 'detached' });
    assert.deepEqual(await held(), [{ name: 'officers', putBy: first.name }]);
    await waiting(page, '"others"').getByRole('button', { name: /^拒绝/ }).click();
    await agree(page, { names: ['others'], reason: '依据不足（测试）' });
    await page.getByText('没有待批准的申请').waitFor();
    await page.locator('[name=all]').check();
    await waiting(page, '"others"').getByText('依据不足（测试）').waitFor();
    await waiting(page, '"officers"').getByText('已办理', { exact: true }).waitFor();
    await waiting(page, '"mistaken"').getByText('未批准', { exact: true }).waitFor();
    await sound(page, 'what was decided');
  });
  assert.deepEqual(await held(), [{ name: 'officers', putBy: first.name }]);
});
