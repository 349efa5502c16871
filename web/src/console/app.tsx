// The shell: who one is, where one can go, and the page.

import { Fragment, type JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Access } from './pages/access';
import { Approvals } from './pages/approvals';
import { Authorities } from './pages/authorities';
import { CertificatePage } from './pages/certificate';
import { Certificates } from './pages/certificates';
import { Grants } from './pages/grants';
import { Home } from './pages/home';
import { Issue } from './pages/issue';
import { LogPage } from './pages/log';
import { Monitoring } from './pages/monitoring';
import { Queue } from './pages/queue';
import { TypeFile } from './pages/typefile';
import { TypePage } from './pages/type';
import { Types } from './pages/types';
import { ConfirmDialog } from './parts/confirm';
import { FailureDialog } from './parts/failure';
import { Icon, type IconName, Mark } from './parts/icons';
import { PurposeBar, PurposeDialog } from './purpose';
import { route, to } from './route';
import type { Rights } from './shapes';
import { AddIdentity, identity, resume, resuming, roleWord, SignIn, signIn, signOut, tail, tokens } from './signin';
import { speak, spoken, t } from './words';

interface Place {
  path: string;
  icon: IconName;
  name: () => string;
  /** May one go there? */
  open: (rights: Rights) => boolean;
  page: (rest: string[]) => JSX.Element | null;
}

const PLACES: Place[] = [
  { path: '', icon: 'home', name: () => t('工作台', 'Overview'), open: () => true, page: () => <Home /> },
  {
    path: 'types',
    icon: 'types',
    name: () => t('证照类型', 'Types'),
    open: () => true,
    page: ([name]) => (name === undefined ? <Types /> : name === '+' ? <TypeFile /> : <TypePage name={name} />),
  },
  { path: 'seals', icon: 'seal', name: () => t('机构与印章', 'Authorities, seals'), open: ({ queries }) => queries.has('seals'), page: () => <Authorities /> },
  {
    path: 'certificates',
    icon: 'certificates',
    name: () => t('证照查询', 'Certificates'),
    open: ({ queries }) => queries.has('certificates'),
    page: ([id]) => (id === undefined ? <Certificates /> : <CertificatePage id={id} />),
  },
  { path: 'issue', icon: 'issue', name: () => t('签发证照', 'Issue'), open: ({ role }) => role === 'issuer', page: ([type, operation, id]) => <Issue type={type ?? null} before={operation && id ? { operation, id } : null} /> },
  { path: 'queue', icon: 'queue', name: () => t('签章队列', 'Sealing queue'), open: ({ queries }) => queries.has('sealingQueue'), page: () => <Queue /> },
  { path: 'grants', icon: 'grants', name: () => t('授权管理', 'Grants'), open: ({ queries }) => queries.has('grants'), page: () => <Grants /> },
  { path: 'approvals', icon: 'queue', name: () => t('第二人批准', 'Second approval'), open: ({ queries }) => queries.has('approvals'), page: () => <Approvals /> },
  { path: 'access', icon: 'grants', name: () => t('本部门授权', 'Our access'), open: ({ role, mutations }) => role === 'department' && mutations.has('requestAccess'), page: () => <Access /> },
  { path: 'monitoring', icon: 'monitoring', name: () => t('运行监测', 'Monitoring'), open: ({ queries }) => queries.has('certificates'), page: () => <Monitoring /> },
  { path: 'log', icon: 'log', name: () => t('透明日志', 'Transparency log'), open: () => true, page: () => <LogPage /> },
];

const title = (): string => t('证照枢纽管理台', 'Certificate hub console');

export function Console() {
  useEffect(() => void resume(), []);
  useEffect(() => {
    document.documentElement.lang = spoken.value === 'en' ? 'en' : 'zh-CN';
  }, [spoken.value]);
  const who = identity.value;
  return (
    <>
      {who ? <Desk /> : resuming.value ? <p class="waiting centre" role="status">{t('正在进入…', 'Signing in…')}</p> : <Door />}
      <PurposeDialog />
      <ConfirmDialog />
      <FailureDialog />
    </>
  );
}

function Door() {
  useEffect(() => {
    document.title = title();
  }, [spoken.value]);
  return (
    <>
      <div class="door-language"><Language /></div>
      <SignIn title={title()} />
    </>
  );
}

function Desk() {
  const [opened, setOpened] = useState(false);
  const content = useRef<HTMLElement>(null);
  const rights = identity.value?.rights;
  const [first = '', ...rest] = route.value;
  const here = PLACES.find(({ path }) => path === first);
  const allowed = here && rights && here.open(rights);
  const address = route.value.join('/');
  const arrived = useRef(false);
  useEffect(() => {
    setOpened(false);
    document.title = `${here ? here.name() : t('没有这一页', 'No such page')} · ${title()}`;
    // The first page keeps the focus where the browser puts it; later ones are announced by their heading.
    if (arrived.current) content.current?.querySelector<HTMLElement>('h1')?.focus();
    arrived.current = true;
    scrollTo(0, 0);
  }, [address, spoken.value]);
  return (
    <div class="desk">
      <a class="skip" href="#content" onClick={(event) => { event.preventDefault(); content.current?.focus(); }}>{t('跳到正文', 'Skip to content')}</a>
      <header class="top">
        <button type="button" class="menu quiet" aria-expanded={opened} aria-controls="places" onClick={() => setOpened(!opened)}>
          <span aria-hidden="true">☰</span> {t('菜单', 'Menu')}
        </button>
        <a class="brand" href={to()}><Mark /><span>{title()}</span></a>
        <Who />
      </header>
      <nav id="places" class={opened ? 'places opened' : 'places'} aria-label={t('主导航', 'Main')}>
        <ul>
          {PLACES.filter(({ open }) => rights && open(rights)).map(({ path, icon, name }) => (
            <li key={path}>
              <a href={path ? to(path) : to()} aria-current={path === first ? 'page' : undefined}>
                <Icon name={icon} /> {name()}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main ref={content} id="content" class="content" tabIndex={-1}>
        <PurposeBar />
        <Fragment key={`${identity.value?.token} ${address}`}>
          {(allowed && here.page(rest)) || <Nowhere forbidden={here !== undefined && !allowed} />}
        </Fragment>
      </main>
    </div>
  );
}

function Nowhere({ forbidden }: { forbidden: boolean }) {
  return (
    <>
      <h1 tabIndex={-1}>{forbidden ? t('当前身份无权使用此页', 'Not for the present identity') : t('没有这一页', 'No such page')}</h1>
      <p>
        {forbidden
          ? t('请在右上角切换到有此权限的身份，', 'Change to an identity that may, at the top, ')
          : t('地址可能有误，', 'The address may be wrong, ')}
        <a href={to()}>{t('或回到工作台', 'or go to the overview')}</a>
      </p>
    </>
  );
}

function Who() {
  const who = identity.value;
  const others = tokens.value.filter((token) => token !== who?.token);
  const [adding, setAdding] = useState(false);
  if (!who) return null;
  return (
    <div class="who">
      <Language />
      <details class="account" key={who.token}>
        <summary>
          <span class="role">{roleWord(who.rights.role)}</span> {who.account ? <span>{who.account.displayName}</span> : <span class="code">{tail(who.token)}</span>}
        </summary>
        <div class="account-menu">
          <p class="fine">{t('本标签页中的身份', 'Identities in this tab')}</p>
          <ul>
            {others.map((token) => (
              <li key={token}>
                <button type="button" onClick={() => void signIn(token)}>{t('切换到 ', 'Change to ')}<span class="code">{tail(token)}</span></button>
              </li>
            ))}
            <li><button type="button" onClick={() => setAdding(true)}>{t('以另一身份登录', 'Sign in as somebody else')}</button></li>
            <li><button type="button" class="dangerous" onClick={signOut}>{t('退出登录', 'Sign out')}</button></li>
          </ul>
        </div>
      </details>
      {adding && <AddIdentity close={() => setAdding(false)} />}
    </div>
  );
}

function Language() {
  return (
    <button type="button" class="quiet language" lang={spoken.value === 'en' ? 'zh-CN' : 'en'} onClick={() => speak(spoken.value === 'en' ? 'zh' : 'en')}>
      {spoken.value === 'en' ? '中文' : 'English'}
    </button>
  );
}
