// Sessions of people who signed in: opened with name, password and code, ended at the hub, over when nobody worked for a while.

import { send } from '../shared/hub';
import { Refusal } from './hub';

export interface Account {
  name: string;
  displayName: string;
  /** Not used for so many seconds, the hub ends the session. */
  idleSeconds: number;
}

const ACCOUNT = 'name displayName idleSeconds';

/** The token of a new session. */
export async function open(name: string, password: string, code: string): Promise<string> {
  const { data, errors } = await send<{ signIn: { token: string } | null }>({
    query: 'mutation ($name: String!, $password: String!, $code: String!) { signIn(name: $name, password: $password, code: $code) { token } }',
    variables: { name, password, code },
  });
  if (!data?.signIn) throw new Refusal(errors ?? []);
  return data.signIn.token;
}

/** Whose the session is. */
export async function account(token: string): Promise<Account | null> {
  const { data } = await send<{ me: Account | null }>({ query: `{ me { ${ACCOUNT} } }`, token });
  return data?.me ?? null;
}

/** Ends the session at the hub; whether it is reached or not, the token is forgotten here. */
export async function close(token: string): Promise<void> {
  await send({ query: 'mutation { signOut }', token }).catch(() => null);
}

/** The hub says both languages at once where it does not know who asks. */
export const inLanguage = (message: string, english: boolean): string => {
  const [zh, ...en] = message.split(' / ');
  return english && en.length > 0 ? en.join(' / ') : (zh ?? message);
};

/** Calls `over` once nobody pressed, touched or moved anything for so long. Returns what stops it. */
export function whenIdle(seconds: number, over: () => void): () => void {
  let last = Date.now();
  const touched = (): void => {
    // Who comes back too late does not begin anew: the hub has ended the session.
    if (Date.now() - last < seconds * 1000) last = Date.now();
  };
  const watched = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'];
  for (const kind of watched) addEventListener(kind, touched, { passive: true, capture: true });
  const timer = setInterval(() => Date.now() - last >= seconds * 1000 && over(), 5000);
  return () => {
    clearInterval(timer);
    for (const kind of watched) removeEventListener(kind, touched, { capture: true });
  };
}
