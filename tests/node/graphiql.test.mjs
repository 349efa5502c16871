// The explorer in a real browser: who asks, for which purpose, ready examples of every type, and the schema as the caller may see it.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { buildSchema } from 'graphql';
import { accessibilityFaults, DESK, PHONE, startBrowser, until, visit as visitWith } from './browser.mjs';
import { startHub } from './hub.mjs';

const READS = ['one', 'many', 'statistics', 'verify'];
const OPERATIONS = { one: 'query One', many: 'query Many', statistics: 'query Statistics', verify: 'query Verify', issue: 'mutation Issue' };

let hub;
let browser;

before(async () => {
  hub = await startHub();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await hub?.stop();
});

const visit = (act, options) => visitWith({ browser, hub }, '/graphiql', act, options);

test('every example of every type answers the department without an error', () =>
  visit(async (page) => {
    await become(page, 'department');
    const types = await offered(page);
    assert.deepEqual(types, Object.keys(hub.examples).sort());
    for (const type of types) {
      await page.locator('#example-type').selectOption(type);
      for (const example of READS) {
        const { sent, data, errors } = await execute(page, type, example);
        assert.equal(errors, undefined, `${type} ${example}: ${JSON.stringify(errors)}`);
        const [answer] = Object.values(data);
        assert.notEqual(answer, null, `${type} ${example}`);
        if (example === 'one') assert.equal(answer.identifier, hub.examples[type].identifier);
        if (example === 'many') assert.ok(answer.edges.length > 0, type);
        if (example === 'statistics') {
          assert.equal(sent.variables.groupBy[0], 'status');
          assert.deepEqual(answer.groups[0].keys.map(({ field }) => field), sent.variables.groupBy, type);
        }
      }
    }
  }));

test('the issuer issues the example of a type; a department is told that it cannot', () =>
  visit(async (page) => {
    await become(page, 'issuer');
    await page.locator('#example-type').selectOption('AssociateConstructorCertificate');
    const { data, errors } = await execute(page, 'AssociateConstructorCertificate', 'issue');
    assert.equal(errors, undefined, JSON.stringify(errors));
    assert.equal(data.issueAssociateConstructorCertificate.status, 'VALID');
    await become(page, 'department');
    await page.locator('#example').selectOption('issue');
    await until(page, () => document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.getValue().startsWith('# 当前身份不能签发'));
  }));

test('a department limited to two types is offered those, and its schema is saved as a client generator reads it', () =>
  visit(async (page) => {
    await become(page, 'restricted');
    assert.deepEqual(await offered(page), ['SafetyOfficerCertificate', 'SafetyProductionLicence']);
    const saved = page.waitForEvent('download');
    await page.locator('#sdl').click();
    const download = await saved;
    assert.equal(download.suggestedFilename(), 'schema.graphql');
    const schema = buildSchema(await readFile(await download.path(), 'utf8'));
    assert.deepEqual(schema.getPossibleTypes(schema.getType('Certificate')).map(({ name }) => name).sort(), await offered(page));
  }));

test('the interface document of the chosen type is saved as for the caller; who may not have it is told why', () =>
  visit(async (page) => {
    await become(page, 'restricted');
    await page.locator('#example-type').selectOption('SafetyProductionLicence');
    const saved = page.waitForEvent('download');
    await page.locator('#interface').click();
    const download = await saved;
    assert.equal(download.suggestedFilename(), 'interface-SafetyProductionLicence.pdf');
    assert.equal((await readFile(await download.path())).subarray(0, 5).toString(), '%PDF-');
    await become(page, 'admin');
    await page.locator('#interface').click();
    await page.locator('#save-failure', { hasText: '管理员须指明部门' }).waitFor();
  }, { excused: [/400/] }));

test('a token that is typed is used, one that is not good is said not to be', () =>
  visit(async (page) => {
    await page.locator('#token').fill(hub.tokens.restricted);
    await page.locator('#token').press('Enter');
    await page.locator('#token').blur();
    await until(page, () => document.querySelectorAll('#example-type option').length === 2);
    assert.equal(await page.locator('#demo-token').inputValue(), hub.tokens.restricted);
    await page.locator('#token').fill('zz_nothing');
    await page.locator('#token').blur();
    await page.locator('#sdl').click();
    await page.locator('#save-failure', { hasText: '令牌无效' }).waitFor();
  }, { excused: [/401/] }));

test('the purpose goes with each request, stays within the tab but for a use code, and without it the hub asks for it', () =>
  visit(async (page, context) => {
    await become(page, 'department');
    await page.locator('#purpose summary').click();
    const purpose = { useFor: '核验资格', itemCode: '990000-001', itemName: '测试事项', businessCode: 'T-1', operator: '测试甲' };
    for (const [name, value] of Object.entries({ ...purpose, consent: '' })) await page.locator(`[name=${name}]`).fill(value);
    await page.locator('#example-type').selectOption('SafetyOfficerCertificate');
    const { sent } = await execute(page, 'SafetyOfficerCertificate', 'one');
    assert.deepEqual(sent.extensions, { purpose });
    assert.match(await page.locator('#purpose-shown').innerText(), /核验资格/);

    // A code that nobody gave: the hub has seen it, and says so.
    await page.locator('[name=consent]').fill('99999999');
    const refused = await execute(page, 'SafetyOfficerCertificate', 'one');
    assert.equal(refused.sent.extensions.purpose.consent, '99999999');
    assert.ok(refused.errors[0].extensions.code, JSON.stringify(refused.errors));
    await page.reload();
    await ready(page);
    assert.equal(await page.locator('[name=operator]').inputValue(), '测试甲');
    assert.equal(await page.locator('[name=consent]').inputValue(), '');

    await page.locator('#purpose summary').click();
    for (const name of Object.keys(purpose)) await page.locator(`[name=${name}]`).fill('');
    await page.locator('#example-type').selectOption('SafetyOfficerCertificate');
    const without = await execute(page, 'SafetyOfficerCertificate', 'one');
    assert.equal(without.errors[0].extensions.code, 'PURPOSE_REQUIRED');
    assert.equal(without.sent.extensions, undefined);

    const other = await context.browser().newContext();
    const tab = await other.newPage();
    await tab.goto(page.url());
    await ready(tab);
    assert.notEqual(await tab.locator('[name=operator]').inputValue(), '测试甲');
    await other.close();
  }, { excused: [/HTTP|status of/] }));

test('types and examples are named in the language of the page, and the bar around GraphiQL is accessible', async () => {
  for (const [locale, viewport, name] of [['zh-CN', DESK, '营业执照'], ['en', PHONE, 'Business Licence']]) {
    await visit(async (page) => {
      await ready(page);
      await page.locator('#purpose summary').click();
      assert.equal(await page.locator('#example-type option[value=BusinessLicence]').innerText(), `${name} BusinessLicence`);
      assert.deepEqual(await accessibilityFaults(page, { except: '#graphiql' }), []);
      const { bottom } = await page.locator('header').evaluate((header) => header.getBoundingClientRect());
      assert.ok(bottom < 80, `the header takes ${bottom} px`);
    }, { locale, viewport });
  }
});

async function become(page, role) {
  await ready(page);
  const schema = page.waitForResponse((response) => /IntrospectionQuery/.test(response.request().postData() ?? ''), { timeout: 5_000 }).catch(() => null);
  if ((await page.locator('#token').inputValue()) !== hub.tokens[role]) {
    await page.locator('#demo-token').selectOption(hub.tokens[role]);
    await schema;
  }
  await ready(page);
}

// The menu of types is empty until GraphiQL has the present caller's schema.
async function ready(page) {
  await page.locator('.graphiql-query-editor .CodeMirror').waitFor();
  await page.locator('#example-type option[value=SafetyOfficerCertificate]').waitFor({ state: 'attached' });
}

const offered = (page) => page.locator('#example-type option').evaluateAll((all) => all.map(({ value }) => value).sort());

/** Chooses an example, presses the button, and resolves to what was sent and answered, once GraphiQL shows it. */
async function execute(page, type, example) {
  await page.locator('#example').selectOption('');
  await page.locator('#example').selectOption(example);
  const root = type[0].toLowerCase() + type.slice(1);
  const part = { one: `${root}(`, many: `${type}Where`, statistics: `${type}GroupBy`, verify: 'verifyCertificate(', issue: `issue${type}(` }[example];
  await until(page, ([start, part]) => {
    const text = document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.getValue();
    return text.startsWith(start) && text.includes(part);
  }, [OPERATIONS[example], part]);
  const answer = page.waitForResponse((response) => response.request().postDataJSON()?.query?.startsWith(OPERATIONS[example]));
  await page.locator('.graphiql-execute-button').click();
  const response = await answer;
  const json = await response.json();
  await until(page, (expected) => {
    try {
      return JSON.stringify(JSON.parse(document.querySelector('.result-window .CodeMirror').CodeMirror.getValue())) === expected;
    } catch {
      return false; // not shown yet
    }
  }, JSON.stringify(json));
  return { sent: response.request().postDataJSON(), ...json };
}
