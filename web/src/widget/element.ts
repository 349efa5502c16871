// <certificate-verify>: what it is asked, whom it asks, and what it shows.

import { card } from './answer';
import { scanned, tidy } from './code';
import { h, sign } from './draw';
import { Hub, type Identity } from './hub';
import { identifier } from './modes/identifier';
import type { Place, Way } from './modes/place';
import { printed } from './modes/printed';
import { scan } from './modes/scan';
import { upload } from './modes/upload';
import { keep, prepare, recall, verifyHere } from './offline';
import { told } from './outcome';
import { readPicture } from './picture';
import { receipt, save } from './receipt';
import { style } from './style';
import { MODES, type Answer, type Lang, type Mode, type Question } from './types';
import { MODE } from './words';

const WAYS: Record<Mode, (place: Place) => Way> = { scan, upload, printed, identifier };

/** Largest file that a hub verifies. */
const LARGEST = 16 * 1024 * 1024;

/** Milliseconds until a hub that could not be reached is asked again; longer each time, and at once when the browser says it is online. */
const RETRY = [3_000, 5_000, 10_000, 30_000];

export class CertificateVerify extends HTMLElement {
  static readonly observedAttributes = ['endpoint', 'lang', 'modes', 'mode', 'large', 'identifier', 'code'];

  private readonly root: ShadowRoot;
  private readonly box = h('div.box', { part: 'box' });
  private readonly place = h('div.answer', { part: 'answers' });
  private readonly status = h('p.visually-hidden', { role: 'status' });
  private way: Way | null = null;
  private chosen: Mode | null = null;
  private known: { address: string; hub: Hub } | null = null;
  private identity: Identity | null = null;
  private question: Question | null = null;
  private askedAt = new Date();
  private given: Answer | null = null;
  private asked = 0; // how often: of two answers that come in disorder the later question counts
  private timer: ReturnType<typeof setTimeout> | undefined;
  private prepared = false;
  private spoken: Lang | null = null;
  private readonly around = new MutationObserver(() => this.speak());

  constructor() {
    super();
    this.root = this.attachShadow({ mode: 'open' });
    this.root.adoptedStyleSheets = [style()];
    // What stands inside the element shows where this script does not run.
    this.root.append(this.box, this.status, this.place, h('slot', { name: 'footer' }));
  }

  connectedCallback(): void {
    this.draw();
    // The page's own language may change around it.
    this.around.observe(document.documentElement, { attributes: true, attributeFilter: ['lang'] });
    window.addEventListener('online', this.online);
    document.addEventListener('paste', this.paste);
    this.askFromAttributes();
  }

  disconnectedCallback(): void {
    this.way?.leave?.();
    this.way = null;
    clearTimeout(this.timer);
    this.around.disconnect();
    window.removeEventListener('online', this.online);
    document.removeEventListener('paste', this.paste);
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (!this.isConnected || before === now) return;
    if (name === 'identifier' || name === 'code') return this.askFromAttributes();
    if (name === 'endpoint') this.identity = null;
    if (name === 'lang') return this.speak();
    this.draw();
    this.show(false);
  }

  private speak(): void {
    if (this.spoken === this.language) return;
    this.draw();
    // Reasons come from the hub in the language of the question.
    const own = this.given?.kind === 'elsewhere' || this.given?.kind === 'unreadable';
    if (this.question && this.given && !own) void this.verify(this.question, { quiet: true });
    else this.show(false);
  }

  /** The answer that is shown; null before there is one. */
  get answer(): Answer | null {
    return this.given;
  }

  /** Asks and shows the answer, as if somebody had asked in the element itself. */
  async verify(question: Question, { quiet = false } = {}): Promise<Answer | null> {
    const turn = ++this.asked;
    clearTimeout(this.timer);
    this.question = question;
    this.askedAt = new Date();
    if (!quiet) {
      this.given = null;
      this.waiting();
      this.tell('verify-ask', { kind: question.kind });
    }
    const answer = await this.answered(question);
    if (turn !== this.asked) return null;
    return this.settle(answer, quiet);
  }

  /** Back to asking. */
  reset(): void {
    this.asked += 1;
    clearTimeout(this.timer);
    this.question = null;
    this.given = null;
    this.place.replaceChildren();
    this.draw();
    this.tell('verify-reset', {});
    this.box.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  }

  // ---- asking

  private async answered(question: Question): Promise<Answer> {
    const { hub, language } = this;
    const answer = await hub.ask(question, language);
    if (answer.kind !== 'unreachable') {
      this.learn();
      return answer;
    }
    return (await verifyHere(question, hub, this.identity ?? recall(hub), language)) ?? answer;
  }

  private settle(answer: Answer, quiet: boolean, attempt = 0): Answer {
    this.given = answer;
    this.show(!quiet);
    this.tell('verify-answer', { answer, hub: this.hub.host, look: told(answer, this.language).look });
    this.watch(attempt);
    return answer;
  }

  /** While the hub cannot be reached it is asked again; what the browser said by itself stays until it answers. */
  private watch(attempt: number): void {
    clearTimeout(this.timer);
    const { given } = this;
    const provisional = given?.kind === 'unreachable' || (given?.kind === 'report' && given.by === 'browser');
    if (!provisional || !this.isConnected) return;
    this.timer = setTimeout(() => void this.again(attempt + 1), RETRY[Math.min(attempt, RETRY.length - 1)]);
  }

  private async again(attempt: number): Promise<void> {
    const { question, asked: turn } = this;
    if (!question) return;
    const answer = await this.hub.ask(question, this.language);
    if (turn !== this.asked) return;
    if (answer.kind === 'unreachable') return this.watch(attempt);
    this.learn();
    this.askedAt = new Date();
    const { title, sentence } = told(answer, this.language);
    this.settle(answer, true);
    this.status.textContent = `${this.t('已联网更新：', 'Updated online: ')}${title}。${sentence}`;
  }

  private readonly online = (): void => {
    if (this.timer !== undefined && this.question) void this.again(0);
  };

  /** Once, when the hub has answered: whom to trust later, and what is needed to verify without it. */
  private learn(): void {
    const { hub } = this;
    if (this.prepared || this.getAttribute('offline') === 'off') return;
    this.prepared = true;
    void hub.identity().then(
      (identity) => {
        this.identity = identity;
        keep(hub, identity);
        return prepare(hub);
      },
      () => (this.prepared = false),
    );
  }

  private async askCode(text: string, quiet = false): Promise<void> {
    const { hub } = this;
    if (!quiet) this.waiting();
    const turn = ++this.asked;
    const identity = this.identity ?? (await hub.identity().catch(() => recall(hub)));
    if (turn !== this.asked) return;
    const official = [...new Set([hub.host, ...(identity?.hosts ?? [])])];
    const found = scanned(text, official);
    this.question = { kind: 'code', text };
    this.askedAt = new Date();
    if (found.kind === 'identifier') await this.verify(found);
    else if (found.kind === 'code') await this.verify({ kind: 'code', text: found.text });
    else if (found.kind === 'elsewhere') this.settle({ kind: 'elsewhere', host: found.host, official: identity?.hosts.length ? identity.hosts : official }, false);
    else this.settle({ kind: 'unreadable', message: `${this.t('码里写的是：', 'The code says: ')}${found.text.slice(0, 200)}` }, false);
  }

  private async askFile(file: File): Promise<void> {
    if (file.type.startsWith('image/')) {
      this.waiting(this.t('正在识别图片上的二维码…', 'Looking for the code on the picture…'));
      let text: string | null;
      try {
        text = await readPicture(file, this.hub);
      } catch (error) {
        console.warn(error);
        return this.problem(this.t('这张图片打不开，或读码程序没有加载成功。', 'The picture cannot be opened, or the reader of codes could not be loaded.'));
      }
      if (text !== null) return this.askCode(text);
      return this.problem(this.t('图片上没有找到二维码。请靠近些、摆正、避免反光再拍一张。', 'No code was found on the picture. Take another one: closer, straight, without glare.'));
    }
    if (file.size > LARGEST) return this.problem(this.t('文件超过 16 MB，不会是证照文件。', 'The file is over 16 MB: no certificate is.'));
    if (file.size === 0) return this.problem(this.t('文件是空的。', 'The file is empty.'));
    const bytes = new Uint8Array(await file.arrayBuffer());
    const text = bytes.length < 4296 ? new TextDecoder().decode(bytes).trim() : '';
    if (/^https?:/i.test(text) || /^1\.2\.156\.3005\.2\./.test(text)) return this.askCode(text);
    await this.verify({ kind: 'file', name: file.name, bytes });
  }

  private askFromAttributes(): void {
    const code = this.getAttribute('code');
    const wanted = this.getAttribute('identifier');
    if (code) void this.askCode(code);
    else if (wanted) void this.verify({ kind: 'identifier', identifier: tidy(wanted) });
  }

  private readonly paste = (event: ClipboardEvent): void => {
    if (this.chosen !== 'upload' && this.chosen !== 'scan') return;
    const target = event.composedPath()[0];
    const typing = target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
    if (typing || event.defaultPrevented) return;
    const file = event.clipboardData?.files[0];
    const text = event.clipboardData?.getData('text/plain').trim();
    if (file) void this.askFile(file);
    else if (text?.startsWith('{')) void this.verify({ kind: 'file', name: 'clipboard.json', bytes: new TextEncoder().encode(text) });
    else if (text && /^(https?:|1\.2\.156\.3005\.2\.)/i.test(text)) void this.askCode(text);
    else return;
    event.preventDefault();
  };

  // ---- what stands in the attributes

  private get hub(): Hub {
    const own = import.meta.url;
    const address = this.getAttribute('endpoint') ?? (/\/certificate-verify\.js(\?|$)/.test(own) ? new URL(own).origin : '');
    if (this.known?.address !== address) this.known = { address, hub: new Hub(address, document.baseURI) };
    return this.known.hub;
  }

  private get language(): Lang {
    const near = this.lang || this.closest<HTMLElement>('[lang]')?.lang || document.documentElement.lang;
    return near.toLowerCase().startsWith('en') ? 'en' : 'zh';
  }

  private readonly t = (zh: string, en: string): string => (this.language === 'en' ? en : zh);

  private get offered(): Mode[] {
    const named = this.getAttribute('modes');
    if (named === null) return [...MODES];
    return named.split(/[\s,]+/).filter((name): name is Mode => (MODES as readonly string[]).includes(name));
  }

  // ---- showing

  private draw(): void {
    this.way?.leave?.();
    this.way = null;
    this.spoken = this.language;
    const modes = this.offered;
    this.box.hidden = modes.length === 0;
    if (modes.length === 0) return;
    const wanted = this.chosen ?? (this.getAttribute('mode') as Mode | null);
    const mode = wanted && modes.includes(wanted) ? wanted : (modes[0] as Mode);
    this.chosen = mode;
    const { t } = this;
    const panel = h('div.panel', { id: 'panel', role: modes.length > 1 ? 'tabpanel' : null, 'aria-labelledby': modes.length > 1 ? `tab-${mode}` : null, part: 'panel' });
    this.box.replaceChildren(
      h('div.head', { part: 'header' },
        h('div.head-text', {},
          h('h2', {}, h('slot', { name: 'heading' }, t('电子证照验证', 'Verify a certificate'))),
          h('p.fine', {}, h('slot', { name: 'note' }, t(`向 ${this.hub.host} 询问证照是否真实有效`, `Asks ${this.hub.host} whether it is genuine and in force`)))),
        this.largeButton()),
      ...(modes.length > 1 ? [this.tabs(modes, mode)] : []),
      panel);
    const way = WAYS[mode](this.ways());
    this.way = way;
    panel.append(...way.content);
  }

  private largeButton(): HTMLElement {
    const large = this.hasAttribute('large');
    return h('button.large', { type: 'button', part: 'large', 'aria-pressed': String(large), onclick: () => {
      this.toggleAttribute('large');
      this.box.querySelector<HTMLElement>('.large')?.focus();
    } }, sign('large'), this.t('大字版', 'Large text'));
  }

  private tabs(modes: Mode[], mode: Mode): HTMLElement {
    const choose = (next: Mode, focus: boolean): void => {
      this.chosen = next;
      this.draw();
      if (focus) this.box.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
    };
    const list = h('div.tabs', { role: 'tablist', part: 'tabs', 'aria-label': this.t('怎样验证', 'How to ask') }, ...modes.map((one) =>
      h('button.tab', {
        type: 'button', role: 'tab', id: `tab-${one}`, part: one === mode ? 'tab tab-selected' : 'tab', 'aria-selected': String(one === mode),
        'aria-controls': one === mode ? 'panel' : null, tabindex: one === mode ? 0 : -1, 'data-mode': one, onclick: () => choose(one, true),
      }, sign(one), h('span', {}, this.t(...MODE[one])))));
    list.addEventListener('keydown', (event) => {
      const at = modes.indexOf(mode);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: modes.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      choose(modes[(to + modes.length) % modes.length] as Mode, true);
    });
    return list;
  }

  private ways(): Place {
    return {
      hub: this.hub,
      lang: this.language,
      t: this.t,
      ask: (question) => void this.verify(question),
      askCode: (text) => void this.askCode(text),
      askFile: (file) => void this.askFile(file),
      problem: (text) => this.problem(text),
    };
  }

  private waiting(text = this.t('正在验证…', 'Verifying…')): void {
    this.status.textContent = text;
    this.place.replaceChildren(h('div.waiting', { part: 'waiting' }, h('span.spin', {}), text));
    this.place.setAttribute('aria-busy', 'true');
  }

  /** Nothing was asked, and why. */
  private problem(text: string): void {
    this.asked += 1;
    this.given = null;
    this.place.removeAttribute('aria-busy');
    this.status.textContent = '';
    this.place.replaceChildren(h('p.problem', { role: 'alert', part: 'problem' }, text));
  }

  private show(focus: boolean): void {
    const { given, question } = this;
    if (!given) return;
    const open = this.place.querySelector('details')?.open ?? false;
    const drawn = card(given, this.hub, this.language, {
      level: this.offered.length > 0 ? 'h3' : 'h2',
      save: () => void this.save(),
      again: this.offered.length > 0 ? () => this.reset() : null,
      retry: () => (question ? void this.verify(question) : undefined),
    });
    const details = drawn.querySelector('details');
    if (details) details.open = open;
    this.place.removeAttribute('aria-busy');
    this.place.replaceChildren(drawn);
    this.status.textContent = '';
    if (!focus) return;
    drawn.querySelector<HTMLElement>('#title')?.focus({ preventScroll: true });
    if (this.offered.length > 0) this.place.scrollIntoView({ block: 'nearest' });
  }

  private async save(): Promise<void> {
    const { question, given, askedAt } = this;
    if (!question || !given) return;
    const kept = await receipt(this.hub.origin, question, given, askedAt);
    save(`verification-${askedAt.toISOString().replace(/[-:]|\.\d+/g, '')}.json`, `${JSON.stringify(kept, null, 2)}\n`);
  }

  private tell(type: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}
