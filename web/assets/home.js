// The start page: verification, the demo's examples, the catalogue of certificate types.

import { ask, demo, make } from './hub.js';
import { speak, t } from './language.js';
import { showVerdict } from './verdict.js';

const CATALOGUE = `{
  certificateTypes {
    name zh: title(lang: ZH) en: title(lang: EN) typeCode version state definingAuthority
  }
}`;

const STATE = {
  DRAFT: ['草稿', 'draft'],
  PUBLISHED: ['已发布', 'published'],
  WITHDRAWN: ['已停用', 'withdrawn'],
};

const field = document.querySelector('#identifier');
const report = document.querySelector('#report');
const catalogue = document.querySelector('#catalogue');
let types = null; // the catalogue once it has come
let examples = {}; // type name → {identifier, …}; empty unless this is a demo
let verified = null; // the identifier whose verdict is shown

speak(() => {
  drawCatalogue();
  drawExamples();
  if (verified) showVerdict(report, verified);
});

document.querySelector('#verify').addEventListener('submit', (event) => {
  event.preventDefault();
  verify(field.value.trim());
});

async function verify(identifier) {
  if (!identifier) return field.focus();
  verified = identifier;
  await showVerdict(report, identifier);
  report.querySelector('h2')?.focus({ preventScroll: true });
  report.scrollIntoView({ block: 'nearest' });
}

async function loadCatalogue() {
  try {
    types = (await ask(CATALOGUE)).certificateTypes ?? [];
    drawCatalogue();
  } catch (error) {
    catalogue.replaceChildren(make('p', { class: 'fine' }, `${t('目录暂不可用：', 'The catalogue is not available: ')}${error.message}`));
  }
}

function drawCatalogue() {
  if (!types) return;
  document.querySelector('#type-count').textContent = types.length ? ` (${types.length})` : '';
  catalogue.replaceChildren(...(types.length
    ? types.map(card)
    : [make('p', { class: 'fine' }, t('还没有登记证照类型。', 'No certificate type is registered yet.'))]));
  drawExamples();
}

function card(type) {
  const [zh, en] = STATE[type.state] ?? [type.state, type.state];
  return make('li', { class: 'type' },
    make('h3', {}, make('a', { href: `/docs/types/${encodeURIComponent(type.name)}` }, title(type))),
    make('p', {}, make('code', {}, type.name)),
    make('p', { class: 'fine' }, make('span', { class: `state ${String(type.state).toLowerCase()}` }, t(zh, en)), ` v${type.version}`,
      type.definingAuthority ? ` · ${type.definingAuthority}` : null),
    make('p', { class: 'fine' }, make('code', {}, type.typeCode)));
}

const title = (type) => t(type.zh, type.en) || type.zh || type.name;

function drawExamples() {
  const entries = Object.entries(examples).filter(([, example]) => example.identifier);
  document.querySelector('#demo').hidden = entries.length === 0;
  document.querySelector('#examples').replaceChildren(...entries.map(([name, { identifier }]) => {
    const type = types?.find((candidate) => candidate.name === name);
    const button = make('button', { type: 'button', class: 'example' },
      make('span', {}, type ? title(type) : name), make('code', {}, identifier));
    button.addEventListener('click', () => {
      field.value = identifier;
      verify(identifier);
    });
    return make('li', {}, button);
  }));
}

loadCatalogue();
demo().then((found) => {
  examples = found?.examples ?? {};
  drawExamples();
});
