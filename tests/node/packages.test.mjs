// The client samples of docs/samples/clients as a department's developer runs them: TypeScript, Python and Java against a real hub.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startHub } from './hub.mjs';

const SAMPLES = fileURLToPath(new URL('../../docs/samples/clients', import.meta.url));
const HERE = fileURLToPath(new URL('.', import.meta.url));
const LANGUAGES = ['typescript', 'python', 'java'];
const DEPARTMENT = '91990000MAH0TEXT1J'; // of a made-up firm that the demo has no client of
const PAGE = 2;

let hub;
let folder; // where the samples are built
let restricted; // the demo's client of two types

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zhengzhao-packages-'));
  await cp(SAMPLES, folder, { recursive: true });
  await symlink(join(HERE, 'node_modules'), join(folder, 'typescript/node_modules'));
  hub = await startHub({ certificates: 60 });
  restricted = { id: hub.clients.restricted.id, secret: hub.clients.restricted.secret };
  await typescript(['schema.mjs'], restricted);
  await generate();
  await typescript(['node_modules/typescript/bin/tsc']);
  await run('javac', ['-Xlint:all', '-Werror', '--release', '17', '-encoding', 'UTF-8', '-d', 'classes', 'Hub.java', 'Json.java', 'Report.java'], 'java');
});
after(async () => {
  await hub?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

test('the sample asks for the versions that are tested here', async () => {
  const { devDependencies: sample } = JSON.parse(await readFile(join(SAMPLES, 'typescript/package.json'), 'utf8'));
  const { devDependencies: ours } = JSON.parse(await readFile(join(HERE, 'package.json'), 'utf8'));
  assert.deepEqual(sample, Object.fromEntries(Object.keys(sample).map((name) => [name, ours[name]])));
});

test('the types made from the SDL, as whoever may see it, are sound TypeScript', async () => {
  const own = await readFile(join(folder, 'typescript/schema.graphql'), 'utf8');
  assert.match(own, /^type SafetyProductionLicence implements/m);
  assert.doesNotMatch(own, /BusinessLicence/, 'what the client may not read is not in its schema');
  try {
    for (const role of ['department', 'admin']) {
      const response = await fetch(hub.url('/graphql/schema.graphql'), { headers: { Authorization: `Bearer ${hub.tokens[role]}` } });
      await writeFile(join(folder, 'typescript/schema.graphql'), await response.text());
      await generate();
      await typescript(['node_modules/typescript/bin/tsc', '--noEmit']);
      const types = await readFile(join(folder, 'typescript/src/generated/graphql.ts'), 'utf8');
      for (const name of Object.keys(hub.examples)) assert.match(types, new RegExp(`^export type ${name} = `, 'm'), role);
    }
  } finally {
    await writeFile(join(folder, 'typescript/schema.graphql'), own);
    await generate();
  }
});

test('an operation that the schema does not answer is found before anything runs', async () => {
  const path = join(folder, 'typescript/src/operations.graphql');
  const sound = await readFile(path, 'utf8');
  try {
    await writeFile(path, sound.replace('validTo\n', 'validUntil\n'));
    const { code, output } = await tried(process.execPath, ['node_modules/.bin/graphql-codegen', '--config', 'codegen.ts'], 'typescript');
    assert.notEqual(code, 0);
    assert.match(output, /validUntil/);
  } finally {
    await writeFile(path, sound);
  }
});

for (const language of LANGUAGES) {
  test(`${language}: every page is read, and one certificate verified, as the hub itself answers`, async () => {
    const { code, out, err } = await report(language, restricted);
    assert.equal(err, '');
    assert.equal(code, 0);
    assert.equal(out, await expected());
  });

  test(`${language}: a wrong secret is said to be one, and no certificate is read`, async () => {
    const { code, out, err } = await report(language, { ...restricted, secret: `${restricted.secret.slice(0, -4)}0000` });
    assert.match(err, /^错误 error: invalid_client: the client is not known, has not proved itself/);
    assert.deepEqual([code, out], [1, '']);
  });

  test(`${language}: an address where no hub is, and one where something else is, are told from one another`, async () => {
    const nobody = await report(language, restricted, { ZHENGZHAO_URL: 'http://127.0.0.1:1' });
    assert.match(nobody.err, /^错误 error: UNREACHABLE: http:\/\/127\.0\.0\.1:1/);
    assert.deepEqual([nobody.code, nobody.out], [1, '']);
    const other = createServer((_, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html>'));
    await new Promise((resolve) => other.listen(0, '127.0.0.1', resolve));
    const page = await report(language, restricted, { ZHENGZHAO_URL: `http://127.0.0.1:${other.address().port}` });
    other.close();
    assert.match(page.err, /^错误 error: UNREACHABLE: HTTP 200, no JSON/);
  });

  test(`${language}: a setting that is missing is named`, async () => {
    const { code, err } = await report(language, restricted, { ZHENGZHAO_USE_FOR: '' });
    assert.match(err, /^错误 error: SETTINGS: .*ZHENGZHAO_USE_FOR/);
    assert.equal(code, 1);
  });
}

test('a client without the type is refused, in each language with the same words', async () => {
  const client = await register({ types: ['BusinessLicence'] });
  for (const language of LANGUAGES) {
    const { code, out, err } = await report(language, client);
    assert.match(err, /^错误 error: FORBIDDEN: 令牌的授权不包括所请求的类型或操作/, language);
    assert.deepEqual([code, out], [1, '令牌 token: 600 s\n'], language);
  }
});

test('under a grant to fields, masked values are shown and named as such, for its matter only', async () => {
  const grant = {
    name: 'packages', department: DEPARTMENT, type: 'SafetyOfficerCertificate', fields: ['categoryCode'], masked: ['number'], items: ['990000-001'],
    until: '2099-12-31', legalBasis: '测试条例 第一条',
  };
  const client = await register({ types: [] });
  await administrate('mutation ($source: String!) { putGrant(source: $source) { name } }', { source: JSON.stringify(grant) });
  const [first] = await certificates();
  for (const language of LANGUAGES) {
    const { code, out, err } = await report(language, client, { ZHENGZHAO_ITEM_CODE: '990000-001' });
    assert.deepEqual([code, err], [0, ''], language);
    assert.match(out, /^脱敏 masked: safetyOfficerCertificates\.nodes\.number$/m, language);
    assert.match(out, /^ {2}\S*\*\S* {2}VALID /m, language);
    assert.ok(!out.includes(first.number), language);
    const elsewhere = await report(language, client, { ZHENGZHAO_ITEM_CODE: '990000-002' });
    assert.match(elsewhere.err, /^错误 error: FORBIDDEN: /, language);
    assert.equal(elsewhere.code, 1, language);
  }
});

test('whoever asks too often is told so, waits as long as he is told, and reads everything', async () => {
  const client = await register({ types: ['SafetyOfficerCertificate'], rate: 1 });
  const token = await granted(client);
  const burst = await Promise.all(Array.from({ length: 4 }, () => fetch(hub.url('/graphql?query={__typename}'), { headers: { Authorization: `Bearer ${token}` } })));
  const refused = burst.filter(({ status }) => status === 429);
  assert.ok(refused.length > 0 && refused.every(({ headers }) => Number(headers.get('retry-after')) > 0), burst.map(({ status }) => status).join(' '));
  for (const language of LANGUAGES) {
    const began = Date.now();
    const { code, out, err } = await report(language, client, { ZHENGZHAO_PAGE: '1' });
    assert.deepEqual([code, err], [0, ''], language);
    assert.equal(out, await expected(1), language);
    assert.ok(Date.now() - began > 1000 * ((await certificates()).length - 1), `${language} waited`);
  }
});

/** What the reports must say, from what the hub answers to a caller of our own. */
async function expected(page = PAGE) {
  const all = await certificates();
  assert.ok(all.length > PAGE, `${all.length} certificates make no second page`);
  const query = 'query ($id: ID!) { verifyCertificate(id: $id) { result genuine status } }';
  const { result, genuine, status } = (await hub.graphql({ query, variables: { id: all[0].identifier } })).data.verifyCertificate;
  return [
    '令牌 token: 600 s',
    `证照 certificates: ${all.length}，页 pages: ${Math.ceil(all.length / page)}`,
    '脱敏 masked: -',
    ...all.map((one) => `  ${one.number}  ${one.status}  ${one.validTo}  ${one.categoryCode.code} ${one.categoryCode.label}`),
    `验证 verified: ${all[0].identifier}`,
    `  ${result}，真实 genuine: ${genuine}，状态 status: ${status}`,
    '',
  ].join('\n');
}

async function certificates() {
  const query = '{ safetyOfficerCertificates(where: { status: { eq: VALID } }, first: 100) { nodes { identifier number status validTo categoryCode { code label } } } }';
  return (await hub.graphql({ query, token: hub.tokens.department })).data.safetyOfficerCertificates.nodes;
}

/** Runs a language's report, with the settings a client has: {code, out, err}. */
function report(language, { id, secret }, settings = {}) {
  const env = {
    PATH: process.env.PATH,
    LC_ALL: 'C', // what is printed does not hang on the locale
    PYTHONDONTWRITEBYTECODE: '1',
    ZHENGZHAO_URL: hub.url('/'), ZHENGZHAO_CLIENT_ID: id, ZHENGZHAO_CLIENT_SECRET: secret,
    ZHENGZHAO_USE_FOR: '自动测试', ZHENGZHAO_PAGE: String(PAGE), ...settings,
  };
  const [program, ...given] = { typescript: [process.execPath, 'dist/report.js'], python: ['python3', 'report.py'], java: ['java', '-cp', 'classes', 'Report'] }[language];
  return tried(program, given, language, env);
}

async function register({ types, rate }) {
  await administrate('mutation ($code: String!) { registerDepartment(code: $code, name: "测试用证部门") { code } }', { code: DEPARTMENT });
  const query = 'mutation ($department: String!, $types: [String!], $rate: Int) { registerClient(department: $department, name: "样例系统", types: $types, admittedFor: "自动测试", rate: $rate) { client { id } secret } }';
  const { client, secret } = (await administrate(query, { department: DEPARTMENT, types, rate })).registerClient;
  return { id: client.id, secret };
}

async function administrate(query, variables) {
  const { data, errors } = await hub.graphql({ query, variables, token: hub.tokens.admin });
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}

async function granted({ id, secret }) {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret });
  return (await (await fetch(hub.url('/oauth/token'), { method: 'POST', body })).json()).access_token;
}

async function generate() {
  await rm(join(folder, 'typescript/src/generated'), { recursive: true, force: true });
  await typescript(['node_modules/.bin/graphql-codegen', '--config', 'codegen.ts']);
}

const typescript = (given, client = {}) =>
  run(process.execPath, given, 'typescript', { ...process.env, ZHENGZHAO_URL: hub.url('/'), ZHENGZHAO_CLIENT_ID: client.id ?? '', ZHENGZHAO_CLIENT_SECRET: client.secret ?? '' });

/** Runs a program in a sample's folder; it must succeed. */
async function run(program, given, language, env = process.env) {
  const { code, output } = await tried(program, given, language, env);
  assert.equal(code, 0, `${program} ${given.join(' ')}\n${output}`);
}

function tried(program, given, language, env = process.env) {
  return new Promise((resolve) =>
    execFile(program, given, { cwd: join(folder, language), env, timeout: 120_000, encoding: 'utf8' }, (error, out, err) =>
      resolve({ code: error ? (error.code ?? error.signal) : 0, out, err, output: `${out}${err}` })));
}
