// The holder's session: a portal hands its token over behind the # of the address, and it is kept for this tab alone.

const KEY = 'zhengzhao.holder';

/** Longest that the hub lets a session last. */
const LONGEST = 30 * 60_000;

export interface Session {
  token: string;
  /** When it ends, in milliseconds; where the portal did not say, the latest that it can be. */
  until: number;
}

/** What an address carries: `#session=zzh_…`, with `&until=<RFC 3339>` where the portal hands that on; null where it carries nothing whole. */
export function fromFragment(fragment: string, now: number): Session | null {
  const parts = new URLSearchParams(fragment.replace(/^#/, ''));
  const token = parts.get('session') ?? '';
  if (!/^zzh_[0-9a-f]{64}$/.test(token)) return null;
  const said = Date.parse(parts.get('until') ?? '');
  // Nobody's word makes it longer than the hub does.
  return { token, until: Number.isNaN(said) ? now + LONGEST : Math.min(said, now + LONGEST) };
}

/** Whether an address means to carry a session, whole or not. */
export const carriesSession = (fragment: string): boolean => /^#?(.*&)?session=/.test(fragment);

export function kept(now: number): Session | null {
  try {
    const session = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Session | null;
    return session && session.until > now ? session : null;
  } catch {
    return null;
  }
}

export function keep(session: Session | null): void {
  if (session) sessionStorage.setItem(KEY, JSON.stringify(session));
  else sessionStorage.removeItem(KEY);
}

/** Minutes and seconds, `29:58`. */
export function left(until: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
