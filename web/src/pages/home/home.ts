// The start page: verification by the element, the demo's examples, which hosts are official, the catalogue of types.

import '../../shared/style.css';
import './home.css';
import { find, make } from '../../shared/element';
import { ask, demo, type Demo } from '../../shared/hub';
import { speak, t } from '../../shared/language';
import { officialHosts } from '../../shared/official';

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

/** From how many types on a field to search them helps. */
const MANY = 12;

const catalogue = find('#catalogue');
const search = find<HTMLInputElement>('#search');
let types: Type[] | null = null; // the catalogue once it has come
let examples: Demo['examples'] = {}; // type name → {identifier, …}; empty unless this is a demo

speak(() => {
  drawCatalogue();
  drawExamples();
});
search.addEventListener('input', drawCatalogue);

async function loadCatalogue(): Promise<void> {
  try {
    types = ((await ask<{ certificateTypes: Type[] | null }>(CATALOGUE)).certificateTypes ?? []).filter(({ state }) => state !== 'DRAFT');
    drawCatalogue();
    drawExamples();
  } catch (error) {
    catalogue.replaceChildren(make('li', { class: 'fine' }, `${t('目录暂不可用：', 'The catalogue is not available: ')}${String(error)}`));
  }
}

function drawCatalogue(): void {
  if (!types) return;
  find('#type-count').textContent = types.length ? t(`${types.length} 种`, `${types.length} types`) : '';
  find('#search-line').hidden = types.length < MANY;
  const wanted = search.value.trim().toLowerCase();
  const shown = types.filter((type) => `${type.zh} ${type.en} ${type.typeCode} ${type.definingAuthority}`.toLowerCase().includes(wanted));
  const none = types.length ? t('没有名称相符的证照。', 'No type of this name.') : t('还没有登记证照类型。', 'No certificate type is registered yet.');
  catalogue.replaceChildren(...(shown.length ? shown.map(entry) : [make('li', { class: 'fine' }, none)]));
}

const entry = (type: Type): HTMLElement =>
  make('li', {}, make('a', { class: 'type', href: `/docs/types/${encodeURIComponent(type.name)}` },
    make('strong', {}, title(type)),
    make('span', { class: 'fine' }, type.definingAuthority),
    type.state === 'WITHDRAWN' ? make('span', { class: 'state' }, t('已停止签发', 'no longer issued')) : null));

const title = (type: Type): string => t(type.zh, type.en) || type.zh || type.name;

function drawExamples(): void {
  const entries = Object.entries(examples).filter(([, example]) => example.identifier);
  find('#demo').hidden = entries.length === 0;
  find('#examples').replaceChildren(...entries.map(([name, { identifier }]) => {
    const type = types?.find((candidate) => candidate.name === name);
    const button = make('button', { type: 'button', class: 'example' }, make('span', {}, type ? title(type) : name), make('code', {}, identifier));
    button.addEventListener('click', () => {
      const element = find('certificate-verify');
      element.removeAttribute('identifier'); // asked again even if it is the same
      element.setAttribute('identifier', identifier);
    });
    return make('li', {}, button);
  }));
}

void loadCatalogue();
void demo().then((found) => {
  examples = found?.examples ?? {};
  drawExamples();
});
void officialHosts().then((hosts) => (find('#hosts').textContent = hosts.join('、')));
