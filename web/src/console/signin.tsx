// Signing in: by token, for now. A token stays in this tab (sessionStorage) until one signs out or closes it.

import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { demo } from '../shared/hub';
import { Dialog } from './parts/dialog';
import { Mark } from './parts/icons';
import { Problem } from './parts/loaded';
import { endTask } from './purpose';
import { forget, rights } from './schema';
import type { Rights, Role } from './shapes';
import { t } from './words';

export interface Identity {
  token: string;
  rights: Rights;
}

const KEPT = 'zhengzhao.console.tokens';

export const identity = signal<Identity | null>(null);

/** Tokens that were signed in with in this tab, the present one first. */
export const tokens = signal<string[]>(read());

/** True until the token of before has been tried again. */
export const resuming = signal(tokens.value.length > 0);

const told = signal<string | null>(null);

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
  forget();
  endTask();
  identity.value = { token, rights: found };
  keep([token, ...tokens.value.filter((other) => other !== token)]);
  told.value = null;
}

/** The types have changed, and with them what may be asked. */
export async function refresh(): Promise<void> {
  const token = identity.value?.token;
  if (!token) return;
  const found = await rights(token);
  forget();
  if (identity.value?.token === token) identity.value = { token, rights: found };
}

/** Leaves; nothing of the token stays in this tab. */
export function signOut(): void {
  keep(tokens.value.filter((token) => token !== identity.value?.token));
  identity.value = null;
  endTask();
  forget();
}

/** The hub does not know the token any more. */
export function expired(whose: Identity | null): void {
  if (!whose || identity.value?.token !== whose.token) return;
  told.value = t('令牌无效、已过期或已停用，请重新登录。', 'The token is not known, has expired or was revoked. Sign in again.');
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

/** The form; `entered` once the hub knows the token. */
function TokenForm({ entered }: { entered?: () => void }) {
  const [token, setToken] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [examples, setExamples] = useState<[string, string][]>([]);
  useEffect(() => {
    void demo().then((found) => setExamples(Object.entries(found?.tokens ?? {}).filter(([name]) => name !== 'restricted')));
  }, []);
  const enter = async (given: string): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await signIn(given.trim());
      entered?.();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <>
      {problem !== null && <Problem error={problem} />}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (token.trim()) void enter(token);
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
              <button type="button" key={name} disabled={busy} onClick={() => void enter(given)}>
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
        <TokenForm />
        <p class="fine safety">
          {t('令牌只保存在本标签页，退出或关闭后即清除。任何人不会向您索要令牌。', 'The token stays in this tab and is gone once you sign out or close it. Nobody will ever ask you for it.')}
        </p>
      </div>
    </main>
  );
}

/** Another token beside the present one: both can be changed between. */
export function AddIdentity({ close }: { close: () => void }) {
  return (
    <Dialog title={t('以另一令牌登录', 'Sign in with another token')} close={close}>
      <TokenForm entered={close} />
      <div class="buttons"><button type="button" onClick={close}>{t('取消', 'Cancel')}</button></div>
    </Dialog>
  );
}
