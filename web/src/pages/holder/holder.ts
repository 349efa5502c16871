// /holder: a holder's own certificates, who read them, consent by use codes, freezing on loss.
// The session's token is sent to this hub as Authorization and nowhere else.

import '../../shared/style.css';
import './holder.css';
import { find, make } from '../../shared/element';
import { demo, type Demo } from '../../shared/hub';
import { speak, t } from '../../shared/language';
import { officialHosts } from '../../shared/official';
import * as accesses from './accesses';
import { card, CERTIFICATES, type Acts } from './certificates';
import * as codes from './codes';
import * as face from './face';
import * as freeze from './freeze';
import { Ended, known, own, sentence, type Certificate, type Type, type UseCode } from './own';
import { carriesSession, fromFragment, keep, kept, left, type Session } from './session';

const LARGE = 'zhengzhao.large';

/** When the end of the session is announced, in minutes before it. */
const ANNOUNCED = [5, 1];

const TYPES = `{
  certificateTypes {
    name plural zh: title(lang: ZH) en: title(lang: EN) definingAuthority definingAuthorityCode
    fields { name zh: title(lang: ZH) en: title(lang: EN) scalar }
  }
}`;

const said = find('#said');
let saying: (() => [string, string]) | null = null; // what `said` says, in both languages
let about: Demo | null = null;
let after: string | null = null; // where the next certificates begin
let announced = new Set<number>();

// ------------------------------------------------------------------------------------------------------------ signing in and out

/** Takes a session from the address, and the address's copy of it away. */
function arrive(): void {
  const now = Date.now();
  const fragment = location.hash;
  if (carriesSession(fragment)) {
    history.replaceState(null, '', location.pathname + location.search);
    const session = fromFragment(fragment, now);
    if (session) return signIn(session);
    leave('caution', '门户带来的登录信息不完整，请从门户重新进入。', 'What the portal handed over is not whole: come from the portal again.');
    return;
  }
  const session = kept(now);
  if (session) signIn(session);
  else drawWho();
}

function signIn(session: Session): void {
  forget();
  keep(session);
  known.session = session;
  announced = new Set();
  say(null);
  drawWho();
  void load().catch(failed);
}

/** Forgets the session and all that was shown by it, and says why. */
function leave(tone: string, zh: string, en: string): void {
  keep(null);
  forget();
  drawWho();
  say(() => [zh, en], tone);
  find('#main').focus();
}

function forget(): void {
  Object.assign(known, { session: null, certificates: [], codes: [], types: new Map<string, Type>() });
  after = null;
  for (const dialog of document.querySelectorAll('dialog')) if (dialog.open) dialog.close();
  face.close();
  codes.forget();
  accesses.forget();
  find('#certificate-list').replaceChildren();
  find('#certificate-count').textContent = '';
}

const ended = (): void => leave('caution', '登录已到期或已失效。要继续，请从门户重新进入。', 'Your sign-in is over. To go on, come from the portal again.');

function failed(error: unknown): void {
  if (error instanceof Ended) {
    if (known.session) ended();
  } else {
    const text = error instanceof Error && error.message ? error.message : sentence(error);
    say(() => [`没有办成：${text}`, `That was not done: ${text}`], 'bad');
  }
}

function say(text: (() => [string, string]) | null, tone = 'good'): void {
  saying = text;
  said.hidden = !text;
  said.className = `said ${tone}`;
  said.textContent = text ? t(...text()) : '';
  if (text) said.scrollIntoView({ block: 'nearest' });
}

// ------------------------------------------------------------------------------------------------------------------------ loading

interface Page {
  certificates: { totalCount: number | null; pageInfo: { hasNextPage: boolean; endCursor: string | null }; nodes: Certificate[] };
}

async function load(): Promise<void> {
  find('#certificate-list').replaceChildren(make('li', { class: 'waiting' }, t('正在读取…', 'Loading …')));
  const [{ certificateTypes }] = await Promise.all([own<{ certificateTypes: Type[] | null }>(TYPES), more()]);
  known.types = new Map((certificateTypes ?? []).map((type) => [type.name, type]));
  await renew();
  codes.drawForm();
}

async function more(): Promise<void> {
  const { certificates } = await own<Page>(CERTIFICATES, { after });
  known.certificates.push(...certificates.nodes);
  after = certificates.pageInfo.hasNextPage ? certificates.pageInfo.endCursor : null;
  drawCertificates();
}

/** Use codes and accesses, which change by what others do. */
async function renew(): Promise<void> {
  const { useCodes } = await own<{ useCodes: UseCode[] | null }>(codes.CODES);
  known.codes = useCodes ?? [];
  codes.drawCodes();
  await accesses.load();
}

const acts: Acts = {
  see: (certificate) => void face.see(certificate).then(renew).catch(failed),
  save: (certificate, format) =>
    void face.download(certificate, format).then(() => {
      say(() => [`已下载 ${format}，并已记录。`, `The ${format} is saved, and that is written down.`]);
      return renew();
    }).catch(failed),
  consent: (certificate) => codes.begin(certificate.__typename),
};

// ------------------------------------------------------------------------------------------------------------------------ drawing

function drawCertificates(): void {
  const { certificates } = known;
  find('#certificate-count').textContent = certificates.length ? t(`${certificates.length} 份${after ? '以上' : ''}`, `${certificates.length}${after ? ' or more' : ''}`) : '';
  find('#certificate-list').replaceChildren(...(certificates.length
    ? certificates.map((one) => card(one, acts))
    : [make('li', { class: 'fine' }, t('没有以您为持证主体的证照。', 'There is no certificate of yours.'))]));
  find('#more-certificates').hidden = after === null;
  drawWho();
}

/** Which half of the page is shown, and who is signed in. */
function drawWho(): void {
  const isIn = known.session !== null;
  find('#signed-in').hidden = find('#bar').hidden = find('#parts').hidden = !isIn;
  find('#signed-out').hidden = isIn;
  // A certificate of several names not which of them he is.
  const alone = known.certificates.find(({ holders }) => holders.length === 1)?.holders[0];
  find('#who').textContent = alone?.name ? t(`您好，${alone.name}`, `Signed in: ${alone.name}`) : t('已登录', 'Signed in');
  tick();
}

function tick(): void {
  const { session } = known;
  if (!session) return;
  const now = Date.now();
  if (session.until <= now) return ended();
  find('#left').textContent = t(`登录还剩 ${left(session.until, now)}`, `${left(session.until, now)} left`);
  const minutes = Math.ceil((session.until - now) / 60_000);
  const due = ANNOUNCED.find((mark) => minutes === mark && !announced.has(mark));
  find('#bar').classList.toggle('ending', minutes <= (ANNOUNCED[0] ?? 0));
  if (due) {
    announced.add(due);
    say(() => [`登录还剩约 ${due} 分钟，到时会自动退出。`, `Your sign-in ends in about ${due} minutes.`], 'caution');
  }
}

function drawDemo(): void {
  const portal = about?.tokens.portal;
  const people = new Map<string, string[]>();
  for (const [name, { holderCode }] of Object.entries(about?.examples ?? {})) if (holderCode) people.set(holderCode, [...(people.get(holderCode) ?? []), name]);
  find('#demo').hidden = !portal || people.size === 0;
  find('#people').replaceChildren(...[...people].map(([code, types]) => {
    const button = make('button', { type: 'button', class: 'person', 'data-code': code }, make('span', {}, t('演示登录', 'Demo sign-in'), ' ', make('code', {}, code)), make('span', { class: 'fine' }, t(`示例证照 ${types.length} 种`, `${types.length} example type(s)`)));
    button.addEventListener('click', () => portal && void demoSignIn(portal, code).catch(failed));
    return make('li', {}, button);
  }));
}

/** In the portal's place: it would hand the session over behind the # of the address. */
async function demoSignIn(portal: string, code: string): Promise<void> {
  known.session = { token: portal, until: Date.now() + 60_000 };
  try {
    const query = 'mutation Open($code: String!) { openHolderSession(code: $code) { token until } }';
    const { openHolderSession: opened } = await own<{ openHolderSession: { token: string; until: string } }>(query, { code });
    location.hash = `session=${opened.token}&until=${encodeURIComponent(opened.until)}`;
  } finally {
    known.session = null;
  }
}

// ------------------------------------------------------------------------------------------------------------------------- wiring

function enlarge(large: boolean): void {
  document.documentElement.classList.toggle('large', large);
  find('#large').setAttribute('aria-pressed', String(large));
}

enlarge(sessionStorage.getItem(LARGE) === 'yes');
find('#large').addEventListener('click', () => {
  const large = !document.documentElement.classList.contains('large');
  sessionStorage.setItem(LARGE, large ? 'yes' : 'no');
  enlarge(large);
});
find('#sign-out').addEventListener('click', () =>
  leave('good', '已退出。本机不再保存登录；公用电脑请关闭浏览器。', 'Signed out. Nothing is kept on this machine; close the browser on one that others use.'));
find('#refresh').addEventListener('click', () => void renew().catch(failed));
find('#more-certificates').addEventListener('click', () => void more().then(codes.drawForm).catch(failed));
codes.wire(() => void renew().catch(failed), failed);
accesses.wire(failed);
freeze.wire(
  () => leave('good', '已挂失。您在所有设备上的登录和全部用证码已失效。解除挂失须本人带身份证件到颁发机构窗口办理。', 'Frozen. Your sign-ins on every device and all use codes are over. To lift it, go to the issuer’s counter in person with your identity document.'),
  ended,
);
speak(() => {
  if (known.session) {
    drawCertificates();
    codes.drawForm();
    codes.drawCodes();
    accesses.draw();
  }
  drawWho();
  drawDemo();
  if (saying) said.textContent = t(...saying());
});
window.addEventListener('hashchange', () => carriesSession(location.hash) && arrive());
// Come back to by the browser's button after it was left: nothing of a session that is over is shown.
window.addEventListener('pageshow', (event) => event.persisted && known.session && !kept(Date.now()) && ended());
setInterval(tick, 1000);
arrive();
void officialHosts().then((hosts) => {
  for (const place of document.querySelectorAll('#hosts, .hosts')) place.textContent = hosts.join('、');
});
void demo().then((found) => {
  about = found;
  drawDemo();
});
