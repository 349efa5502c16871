// The start page: verification, the demo's examples, the catalogue of certificate types.

import '../../shared/style.css';
import { find, make } from '../../shared/element';
import { ask, demo, type Demo } from '../../shared/hub';
import { speak, t } from '../../shared/language';
import { showVerdict } from '../../shared/verdict';

interface Type {
  name: string;
  zh: string;
  en: string;
  typeCode: string;
  version: string;
  state: string;
  definingAuthority: string;
}

const CATALOGUE = `{
  certificateTypes {
    name zh: title(lang: ZH) en: title(lang: EN) typeCode version state definingAuthority
  }
}`;

const STATE: Record<string, [string, string]> = {
  DRAFT: ['草稿', 'draft'],
  PUBLISHED: ['已发布', 'published'],
  WITHDRAWN: ['已停用', 'withdrawn'],
};

const field = find<HTMLInputElement>('#identifier');
const report = find('#report');
const catalogue = find('#catalogue');
let types: Type[] | null = null; // the catalogue once it has come
let examples: Demo['examples'] = {}; // type name → {identifier, …}; empty unless this is a demo
let verified: string | null = null; // the identifier whose verdict is shown

speak(() => {
  drawCatalogue();
  drawExamples();
  if (verified) void showVerdict(report, verified);
});

find('#verify').addEventListener('submit', (event) => {
  event.preventDefault();
  void verify(field.value.trim());
});

async function verify(identifier: string): Promise<void> {
  if (!identifier) return field.focus();
  verified = identifier;
  await showVerdict(report, identifier);
  report.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true });
  report.scrollIntoView({ block: 'nearest' });
}

async function loadCatalogue(): Promise<void> {
  try {
    types = (await ask<{ certificateTypes: Type[] | null }>(CATALOGUE)).certificateTypes ?? [];
    drawCatalogue();
  } catch (error) {
    catalogue.replaceChildren(make('p', { class: 'fine' }, `${t('目录暂不可用：', 'The catalogue is not available: ')}${String(error)}`));
  }
}

function drawCatalogue(): void {
  if (!types) return;
  find('#type-count').textContent = types.length ? ` (${types.length})` : '';
  catalogue.replaceChildren(...(types.length
    ? types.map(card)
    : [make('p', { class: 'fine' }, t('还没有登记证照类型。', 'No certificate type is registered yet.'))]));
  drawExamples();
}

function card(type: Type): HTMLElement {
  const [zh, en] = STATE[type.state] ?? [type.state, type.state];
  return make('li', { class: 'type' },
    make('h3', {}, make('a', { href: `/docs/types/${encodeURIComponent(type.name)}` }, title(type))),
    make('p', {}, make('code', {}, type.name)),
    make('p', { class: 'fine' }, make('span', { class: `state ${String(type.state).toLowerCase()}` }, t(zh, en)), ` v${type.version}`,
      type.definingAuthority ? ` · ${type.definingAuthority}` : null),
    make('p', { class: 'fine' }, make('code', {}, type.typeCode)));
}

const title = (type: Type): string => t(type.zh, type.en) || type.zh || type.name;

function drawExamples(): void {
  const entries = Object.entries(examples).filter(([, example]) => example.identifier);
  find('#demo').hidden = entries.length === 0;
  find('#examples').replaceChildren(...entries.map(([name, { identifier }]) => {
    const type = types?.find((candidate) => candidate.name === name);
    const button = make('button', { type: 'button', class: 'example' },
      make('span', {}, type ? title(type) : name), make('code', {}, identifier));
    button.addEventListener('click', () => {
      field.value = identifier;
      void verify(identifier);
    });
    return make('li', {}, button);
  }));
}

void loadCatalogue();
void demo().then((found) => {
  examples = found?.examples ?? {};
  drawExamples();
});
