// GraphiQL with what this API needs beside a query: who asks, and for which purpose. Nothing outlives the browser tab.

import '../../shared/style.css';
import './explorer.css';
import { make } from '../../shared/element';
import { demo, send } from '../../shared/hub';
import { speak, t } from '../../shared/language';
import { EXAMPLES, exampleTypes } from './examples';

const { React, ReactDOM, GraphiQL } = window;
const TOKEN = 'zhengzhao.token';
const PURPOSE = 'zhengzhao.purpose';

const bar = document.querySelector('#bar');
const token = document.querySelector('#token');
const demoToken = document.querySelector('#demo-token');
const typeMenu = document.querySelector('#example-type');
const exampleMenu = document.querySelector('#example');
const purposeFields = [...document.querySelectorAll('.purpose-fields input')];
const root = ReactDOM.createRoot(document.querySelector('#graphiql'));

let hub = null; // demo.json, null unless this is a demo
let schema = null; // the schema as the present caller may see it
let caller = null; // the token in use
let chosenType = null; // kept while the menu is empty

const CALLERS = {
  department: ['部门（可查全部类型）', 'Department (all types)'],
  restricted: ['受限部门（两种类型）', 'Restricted department (two types)'],
  issuer: ['颁发机构', 'Issuer'],
  admin: ['管理员', 'Administrator'],
};

async function start() {
  hub = await demo();
  token.value = sessionStorage.getItem(TOKEN) ?? hub?.tokens?.department ?? '';
  restorePurpose();
  speak(drawBar);
  drawBar();
  draw();
}

function drawBar() {
  drawCallers();
  drawExamples();
  showPurpose();
}

// ---- who

function drawCallers() {
  demoToken.hidden = !hub?.tokens;
  const options = Object.entries(hub?.tokens ?? {}).map(([role, value]) =>
    make('option', { value }, CALLERS[role] ? t(...CALLERS[role]) : role));
  demoToken.replaceChildren(make('option', { value: '' }, t('匿名', 'Anonymous')), ...options);
  demoToken.value = token.value;
  if (demoToken.selectedIndex < 0) {
    demoToken.append(make('option', { value: token.value, selected: true }, t('其他令牌', 'Another token')));
  }
}

demoToken.addEventListener('change', () => useToken(demoToken.value));
token.addEventListener('change', () => useToken(token.value.trim()));
bar.addEventListener('submit', (event) => event.preventDefault());

function useToken(value) {
  token.value = value;
  if (value === caller) return;
  schema = null; // another caller may see another one
  drawExamples();
  sessionStorage.setItem(TOKEN, value);
  drawCallers();
  draw();
}

// ---- for which purpose

function restorePurpose() {
  const example = { useFor: '演示查询', itemName: '接口浏览器演示', operator: '演示人员' };
  const kept = JSON.parse(sessionStorage.getItem(PURPOSE) ?? 'null') ?? (hub ? example : {});
  for (const field of purposeFields) {
    field.value = kept[field.name] ?? '';
    field.addEventListener('input', () => {
      // A use code is spent by one request: nothing to keep.
      sessionStorage.setItem(PURPOSE, JSON.stringify({ ...purpose(), consent: undefined }));
      showPurpose();
    });
  }
}

const purpose = () =>
  Object.fromEntries(purposeFields.map((field) => [field.name, field.value.trim()]).filter(([, value]) => value));

function showPurpose() {
  const given = Object.values(purpose());
  document.querySelector('#purpose-shown').textContent = given.length ? given.join(' · ') : t('未填写', 'none given');
}

// ---- ready examples

function drawExamples() {
  const types = schema ? exampleTypes(schema) : [];
  chosenType = typeMenu.value || chosenType;
  typeMenu.replaceChildren(...types.map(({ name, titles }) => make('option', { value: name }, [t(...titles), name].filter(Boolean).join(' '))));
  if (types.some(({ name }) => name === chosenType)) typeMenu.value = chosenType;
  typeMenu.disabled = types.length === 0;
  document.querySelector('#interface').disabled = types.length === 0;
  exampleMenu.replaceChildren(make('option', { value: '' }, t('选择示例…', 'Choose an example…')),
    ...EXAMPLES.map(({ key, words }) => make('option', { value: key }, t(...words))));
  exampleMenu.disabled = types.length === 0;
}

exampleMenu.addEventListener('change', async () => {
  const example = EXAMPLES.find(({ key }) => key === exampleMenu.value);
  if (!example || !schema) return;
  const run = (query) => send({ query, token: token.value.trim(), purpose: purpose() });
  const { query, variables } = await example.build(schema, typeMenu.value, hub?.examples?.[typeMenu.value], run);
  editor('.graphiql-query-editor')?.setValue(query);
  editor('.graphiql-editor-tool')?.setValue(JSON.stringify(variables, null, 2));
});

// Choosing another type shows the same example for it.
typeMenu.addEventListener('change', () => exampleMenu.dispatchEvent(new Event('change')));

// GraphiQL takes a query as a property only when it differs from the last one given; its editor takes any.
const editor = (place) => document.querySelector(`${place} .CodeMirror`)?.CodeMirror;

// ---- to take away: the schema, to generate a client from, and the interface document of the chosen type

document.querySelector('#sdl').addEventListener('click', () => save('/graphql/schema.graphql', 'schema.graphql'));

document.querySelector('#interface').addEventListener('click', () => {
  const { itemCode } = purpose();
  const chosen = new URLSearchParams({ lang: t('zh', 'en'), ...(itemCode ? { item: itemCode } : {}) });
  return save(`/docs/interfaces/${typeMenu.value}.pdf?${chosen}`, `interface-${typeMenu.value}.pdf`);
});

async function save(path, name) {
  const failure = document.querySelector('#save-failure');
  const bearer = token.value.trim();
  failure.textContent = '';
  const headers = { 'Accept-Language': t('zh-CN', 'en'), ...(bearer ? { Authorization: `Bearer ${bearer}` } : {}) };
  const response = await fetch(path, { headers });
  if (!response.ok) {
    const refusal = await response.json().catch(() => null);
    failure.textContent = refusal?.errors?.[0]?.message ?? `HTTP ${response.status}`;
    return;
  }
  const address = URL.createObjectURL(await response.blob());
  make('a', { href: address, download: name }).click();
  URL.revokeObjectURL(address);
}

// ---- GraphiQL

function draw() {
  const bearer = token.value.trim();
  caller = bearer;
  root.render(React.createElement(GraphiQL, {
    // A new function for a new caller: GraphiQL then asks for the schema again.
    fetcher: fetcherFor(bearer),
    storage: sessionStorage,
    isHeadersEditorEnabled: false,
    defaultEditorToolsVisibility: 'variables',
    defaultQuery: START,
    onSchemaChange: (found) => {
      schema = found;
      drawExamples();
    },
  }));
}

const fetchers = new Map();

function fetcherFor(bearer) {
  if (!fetchers.has(bearer)) {
    fetchers.set(bearer, ({ query, variables, operationName }) => {
      // For a moment after an example is put in, GraphiQL still names the operation that stood there before.
      const present = operationName && new RegExp(`\\b${operationName}\\b`).test(query);
      return send({ query, variables, operationName: present ? operationName : undefined, token: bearer, purpose: purpose() });
    });
  }
  return fetchers.get(bearer);
}

const START = `# 证照枢纽接口浏览器 · API explorer
# 上方选择身份与示例，Ctrl-Enter 执行。 Choose a caller and an example above; Ctrl-Enter runs it.
{
  certificateTypes { name title typeCode version }
}
`;

start();
