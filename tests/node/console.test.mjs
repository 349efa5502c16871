// Through the console in a real browser on a real hub: from an unknown type file with two faults to a certificate that was issued, sealed,
// looked at, verified and revoked; the sealing queue; suspending and amending.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SOUND, addIdentity, agree, comesTrue, forgive, givePurpose, hub, press, queued, reds, signIn, sound, start, stop, visit } from './console/browser.mjs';

before(start);
after(stop);

const FAULTY = SOUND.replace('"from": "operatorName"', '"from": "operatorNam"').replace('"format": "credit-code"', '"format": "credit-cod"');

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
    await queued(page, row, '食品经营许可核发');
    await sound(page, 'the queue');
    await row.getByRole('link').click();
    await page.getByRole('heading', { name: '结构化数据' }).waitFor();
    assert.match(await page.locator('main').innerText(), /测试餐饮有限公司[\s\S]*热食类食品制售/);
    await press(page, '预览照面');
    await page.locator('.problem').waitFor(); // it is not sealed yet
    await forgive(complaints, '409');
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

test('of three that wait for their seal two are sealed together, and one is refused with a reason', async () => {
  const admin = hub.tokens.admin;
  const register = 'mutation ($source: String!) { registerCertificateType(source: $source) { type { state } } publishCertificateType(name: "FoodBusinessLicence") { state } }';
  assert.equal((await hub.graphql({ query: register, variables: { source: SOUND }, token: admin })).data.publishCertificateType.state, 'PUBLISHED');
  const [data] = JSON.parse(SOUND).examples;
  const issue = 'mutation ($inputs: [IssueFoodBusinessLicenceInput!]!) { issueFoodBusinessLicences(inputs: $inputs) { ok certificate { number } } }';
  const inputs = [1, 2, 3].map((which) => ({ data: { ...data, premises: `测试省测试市样例区测试路${which}号` } }));
  const issued = await hub.graphql({ query: issue, variables: { inputs }, token: hub.tokens.issuer });
  const numbers = issued.data.issueFoodBusinessLicences.map(({ certificate }) => certificate.number);
  await visit('#/queue', async (page) => {
    await signIn(page, 'issuer');
    const row = (number) => page.locator('tbody tr', { hasText: number });
    await queued(page, row(numbers[2]), '签章');
    for (const number of numbers.slice(0, 2)) await row(number).getByRole('checkbox').check();
    await press(page, '签章所选（2）');
    await agree(page, { names: numbers.slice(0, 2) });
    await page.locator('.notice.good', { hasText: '已处理 2 份' }).waitFor();
    await row(numbers[2]).getByRole('button', { name: '拒绝' }).click();
    await agree(page, { names: [numbers[2]], reason: '经营场所材料不全（测试）' });
    await row(numbers[2]).waitFor({ state: 'detached' });
    await press(page, '已拒绝');
    await row(numbers[2]).getByText('经营场所材料不全（测试）').waitFor();
    await sound(page, 'what was refused');
    await press(page, '已签章');
    await row(numbers[0]).getByText('demo-issuer').waitFor();
  });
});

test('a certificate is suspended, resumed, and amended from what was signed', () =>
  visit(`#/certificates/${hub.examples.LabourDispatchLicence.id}`, async (page) => {
    await signIn(page, 'issuer');
    await givePurpose(page, '日常监管');
    const { number } = hub.examples.LabourDispatchLicence;
    const status = (word) => page.getByRole('heading', { level: 1, name: new RegExp(word) }).waitFor();
    await press(page, '暂停');
    await agree(page, { names: [number], reason: '年度核验未完成（测试）' });
    await status('暂停');
    await press(page, '恢复');
    await agree(page, { names: [number], reason: '已完成核验（测试）' });
    await status('有效');
    await page.getByRole('link', { name: '变更', exact: true }).click();
    const address = page.locator('[name=address]');
    await comesTrue(async () => (await address.inputValue()) !== '', 'the data stand in the form');
    await address.fill('测试省测试市样例区变更路1号');
    await sound(page, 'amending');
    await press(page, '变更');
    await agree(page, {});
    await press(page, '查看与预览');
    await page.getByText('测试省测试市样例区变更路1号').waitFor();
    await page.getByRole('link', { name: '上一版本' }).click();
    await page.getByText('这不是现行版本').waitFor();
    assert.equal(await page.getByRole('button', { name: '撤销' }).count(), 0, 'only the present version is changed');
  }));
