// Signing in: to an account, or with a token. A token stays in this tab (sessionStorage) until one signs out or closes it.

import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { demo } from '../shared/hub';
import { Dialog } from './parts/dialog';
import { Mark } from './parts/icons';
import { Problem } from './parts/loaded';
import { endTask } from './purpose';
import { forget, rights } from './schema';
import { account, type Account, close, inLanguage, open, whenIdle } from './session';
import type { Rights, Role } from './shapes';
import { spoken, t } from './words';

export interface Identity {
  token: string;
  rights: Rights;
  /** Of whoever signed in to one; null: a token stands for itself. */
  account: Account | null;
}

const KEPT = 'zhengzhao.console.tokens';

export const identity = signal<Identity | null>(null);

/** Tokens that were signed in with in this tab, the present one first. */
export const tokens = signal<string[]>(read());

/** True until the token of before has been tried again. */
export const resuming = signal(tokens.value.length > 0);

const told = signal<string | null>(null);

let watching = (): void => {};

/** Becomes this one, or nobody. */
function become(who: Identity | null): void {
  watching();
  watching = () => {};
  identity.value = who;
  if (who?.account) {
    watching = whenIdle(who.account.idleSeconds, () => {
      told.value = t('长时间没有操作，已退出登录。请重新登录。', 'Nobody worked here for a while, and you were signed out. Sign in again.');
      signOut();
    });
  }
}

function read(): string[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEPT) ?? '[]');
    return Array.isArray(kept) ? kept.filter((token): token is string => typeof token === 'string') : [];
  } catch {
    return [];
  }
}

function keep(list: string[]): void {
  tokens.value = list;
  if (list.length > 0) sessionStorage.setItem(KEPT, JSON.stringify(list));
  else sessionStorage.removeItem(KEPT);
}

/** Becomes whoever the token is. Rejects, and nothing changes, when the hub does not know it. */
export async function signIn(token: string): Promise<void> {
  const found = await rights(token);
  const whose = found.mutations.has('signOut') ? await account(token) : null;
  forget();
  endTask();
  become({ token, rights: found, account: whose });
  keep([token, ...tokens.value.filter((other) => other !== token)]);
  told.value = null;
}

/** The types have changed, and with them what may be asked. */
export async function refresh(): Promise<void> {
  const token = identity.value?.token;
  if (!token) return;
  const found = await rights(token);
  forget();
  if (identity.value?.token === token) identity.value = { ...identity.value, rights: found };
}

/** Leaves; nothing of the token stays in this tab, and a session is over at the hub. */
export function signOut(): void {
  const left = identity.value;
  if (left?.account) void close(left.token);
  keep(tokens.value.filter((token) => token !== left?.token));
  become(null);
  endTask();
  forget();
}

/** The hub does not let the token in any more, and says why where it was a session's. */
export function expired(whose: Identity | null, why: string): void {
  if (!whose || identity.value?.token !== whose.token) return;
  told.value = whose.account
    ? inLanguage(why, spoken.value === 'en')
    : t('令牌无效、已过期或已停用，请重新登录。', 'The token is not known, has expired or was revoked. Sign in again.');
  // There is nothing to end at the hub.
  become({ ...whose, account: null });
  signOut();
}

export async function resume(): Promise<void> {
  const last = tokens.value[0];
  if (last) await signIn(last).catch(() => keep(tokens.value.slice(1)));
  resuming.value = false;
}

export const roleWord = (role: Role): string =>
  ({
    administrator: t('管理员', 'Administrator'),
    issuer: t('签发机构', 'Issuer'),
    department: t('用证部门', 'Department'),
    nobody: t('无读取权限', 'No rights'),
  })[role];

/** How a token is told from another without showing it. */
export const tail = (token: string): string => `…${token.slice(-6)}`;

type Way = 'account' | 'token';

/** The forms; `entered` once the hub has let one in. */
function Forms({ entered }: { entered?: () => void }) {
  const [way, setWay] = useState<Way>('account');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const enter = async (token: () => Promise<string>): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await signIn(await token());
      entered?.();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const other = way === 'account' ? 'token' : 'account';
  return (
    <>
      {problem !== null && <Problem error={problem} />}
      {way === 'account' ? <AccountForm busy={busy} enter={enter} /> : <TokenForm busy={busy} enter={enter} />}
      <p class="other-way">
        <button
          type="button"
          class="quiet"
          onClick={() => {
            setWay(other);
            setProblem(null);
          }}
        >
          {way === 'account' ? t('以令牌登录', 'Sign in with a token') : t('以账号登录', 'Sign in to an account')}
        </button>
      </p>
    </>
  );
}

interface FormProps {
  busy: boolean;
  enter: (token: () => Promise<string>) => Promise<void>;
}

function AccountForm({ busy, enter }: FormProps) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void enter(() => open(name.trim(), password, code.replace(/\s/g, '')));
        // Each code counts once.
        setCode('');
      }}
    >
      <label class="field">
        <span>{t('账号', 'Name')}</span>
        <input name="name" autoComplete="username" autoCapitalize="none" spellcheck={false} required value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <label class="field">
        <span>{t('密码', 'Password')}</span>
        <input type="password" name="password" autoComplete="current-password" required value={password} onInput={(event) => setPassword(event.currentTarget.value)} />
      </label>
      <label class="field">
        <span>{t('动态口令（认证器应用中的六位数字）', 'Code (six digits of your authenticator app)')}</span>
        <input name="code" inputMode="numeric" autoComplete="one-time-code" pattern="[0-9 ]{6,7}" required value={code} onInput={(event) => setCode(event.currentTarget.value)} />
      </label>
      <button type="submit" class="primary wide" disabled={busy}>
        {busy ? t('正在核对…', 'Checking…') : t('登录', 'Sign in')}
      </button>
    </form>
  );
}

function TokenForm({ busy, enter }: FormProps) {
  const [token, setToken] = useState('');
  const [examples, setExamples] = useState<[string, string][]>([]);
  useEffect(() => {
    void demo().then((found) => setExamples(Object.entries(found?.tokens ?? {}).filter(([name]) => name !== 'restricted')));
  }, []);
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (token.trim()) void enter(() => Promise.resolve(token.trim()));
        }}
      >
        <label class="field">
          <span>{t('访问令牌', 'Token')}</span>
          <input type="password" name="token" autoComplete="off" spellcheck={false} required value={token} onInput={(event) => setToken(event.currentTarget.value)} />
        </label>
        <button type="submit" class="primary wide" disabled={busy}>
          {busy ? t('正在核对…', 'Checking…') : t('登录', 'Sign in')}
        </button>
      </form>
      {examples.length > 0 && (
        <div class="demo-identities">
          <p class="fine">{t('这是演示枢纽，可以直接以下列身份进入：', 'This is a demonstration. Enter as:')}</p>
          <div class="buttons">
            {examples.map(([name, given]) => (
              <button type="button" key={name} disabled={busy} onClick={() => void enter(() => Promise.resolve(given))}>
                {demoWord(name)}
              </button>
            ))}
          </div>
        </div>
      )}
    </>
  );
}

const demoWord = (name: string): string =>
  ({ admin: t('管理员', 'Administrator'), issuer: t('签发机构', 'Issuer'), department: t('用证部门', 'Department') })[name] ?? name;

export function SignIn({ title }: { title: string }) {
  return (
    <main class="sign-in">
      <div class="sign-in-box">
        <Mark />
        <h1>{title}</h1>
        <p class="fine">{t('电子证照数据共享枢纽', 'Hub for electronic certificates')}</p>
        {told.value && <Problem error={told.value} />}
        <Forms />
        <p class="fine safety">
          {t('登录只在本标签页有效，退出或关闭后即清除。任何人不会向您索要密码、动态口令或令牌。', 'You are signed in in this tab alone, until you sign out or close it. Nobody will ever ask you for password, code or token.')}
        </p>
      </div>
    </main>
  );
}

/** Another identity beside the present one: both can be changed between. */
export function AddIdentity({ close: shut }: { close: () => void }) {
  return (
    <Dialog title={t('以另一身份登录', 'Sign in as somebody else')} close={shut}>
      <Forms entered={shut} />
      <div class="buttons"><button type="button" onClick={shut}>{t('取消', 'Cancel')}</button></div>
    </Dialog>
  );
}
