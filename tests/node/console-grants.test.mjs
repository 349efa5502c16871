// Grants in the console: put, explained, asked for and decided, withdrawn.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { agree, hub, PHONE, press, signIn, sound, start, stop, visit } from './console/browser.mjs';

before(start);
after(stop);

const DEPARTMENT = '11990000000000GX2C';
const GRANT = {
  name: 'housing-officers',
  department: DEPARTMENT,
  type: 'SafetyOfficerCertificate',
  fields: ['categoryCode', 'employerName'],
  masked: ['personName', 'number'],
  items: ['990000-001'],
  until: '2099-12-31',
  legalBasis: '测试条例 第一条',
};

test('a grant is put, explains what a department sees and why, and is withdrawn with a reason', () =>
  visit('#/grants', async (page) => {
    await signIn(page, 'admin');
    await press(page, '登记授权');
    const text = page.locator('.editor textarea');
    await text.fill(JSON.stringify({ ...GRANT, fields: ['nothingOfTheKind'] }));
    await press(page, '登记');
    await agree(page, { names: [GRANT.name, DEPARTMENT, GRANT.type] });
    await page.locator('.problem', { hasText: 'nothingOfTheKind' }).waitFor();
    await text.fill(JSON.stringify(GRANT, null, 2));
    await press(page, '登记');
    await agree(page, { names: [GRANT.legalBasis] });
    const row = page.locator('.grant', { hasText: GRANT.name });
    await row.waitFor();
    assert.match(await row.innerText(), /categoryCode、employerName[\s\S]*990000-001[\s\S]*2099-12-31/);

    await page.locator('[name=explain-department]').fill(DEPARTMENT);
    await page.locator('[name=explain-item]').fill('990000-001');
    await page.locator('[name=explain-query]').fill('{ safetyOfficerCertificates(first: 5) { nodes { personName photo categoryCode { code } } } }');
    await press(page, '解释');
    const told = (field) => page.locator('tbody tr', { hasText: `.nodes.${field}` });
    for (const [field, word] of [['categoryCode', '明文'], ['personName', '脱敏'], ['photo', '不可读']]) await told(field).getByText(word, { exact: true }).waitFor();
    assert.match(await told('personName').innerText(), /housing-officers/);
    await sound(page, 'grants');
    await page.setViewportSize(PHONE);
    await sound(page, 'grants on a phone');

    await row.getByRole('button').click();
    await agree(page, { names: [GRANT.name, DEPARTMENT, GRANT.type], reason: '测试完毕' });
    await row.waitFor({ state: 'detached' });
    await page.locator('[name=ended]').check();
    await row.getByText('测试完毕').waitFor();
  }));

test('of what a department asks for, a field is granted, one is masked, one is not given', async () => {
  await visit('#/access', async (page) => {
    await signIn(page, 'restricted');
    await page.locator('[name=access-type]').selectOption('BusinessLicence');
    for (const field of ['enterpriseName', 'legalRepresentative', 'address']) await page.getByLabel(field, { exact: true }).check();
    await page.locator('[name=items]').fill('990000-002');
    await page.locator('[name=legalBasis]').fill('测试条例 第二条');
    await sound(page, 'asking');
    await press(page, '申请 3 个字段');
    await page.locator('tbody tr', { hasText: '待办' }).waitFor();
  });
  await visit('#/grants', async (page) => {
    await signIn(page, 'admin');
    await press(page, '办理');
    const dialog = page.locator('dialog');
    await dialog.locator('[name=sight-legalRepresentative]').selectOption('masked');
    await dialog.locator('[name=sight-address]').selectOption('none');
    assert.ok(await dialog.getByRole('button', { name: '批准', exact: true }).isDisabled(), 'not without a reason');
    await dialog.locator('[name=reason]').fill('同意前两项（测试）');
    await sound(page, 'deciding');
    await dialog.getByRole('button', { name: '批准', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.locator('tbody tr', { hasText: '已授权' }).waitFor();
    const mine = await hub.graphql({ query: '{ accessRequests { state reason granted { fields masked items } } }', token: hub.tokens.restricted });
    assert.deepEqual(mine.data?.accessRequests, [{ state: 'GRANTED', reason: '同意前两项（测试）', granted: { fields: ['enterpriseName'], masked: ['legalRepresentative'], items: ['990000-002'] } }]);
  });
  await visit('#/access', async (page) => {
    await signIn(page, 'restricted');
    await page.locator('[name=access-type]').selectOption('BusinessLicence');
    await page.locator('tbody tr', { hasText: 'legalRepresentative' }).getByText('脱敏', { exact: true }).waitFor();
    await page.getByText('脱敏：legalRepresentative').waitFor();
    await page.setViewportSize(PHONE);
    await sound(page, 'our access on a phone');
  });
});
