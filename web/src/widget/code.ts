// What a scanned text is, before anybody is asked about it.

/** Identifiers of GB/T 36904 begin so. */
const IDENTIFIER = /^1\.2\.156\.3005\.2\./;

export type Scanned =
  | { kind: 'code'; text: string; identifier: string }
  | { kind: 'identifier'; identifier: string }
  | { kind: 'elsewhere'; host: string }
  | { kind: 'foreign'; text: string };

/**
 * A code of one of the official hosts, an identifier, an address of another host, or something else. The host is not signed, so whoever
 * prints a code may write any: one that is not official is refused by name.
 */
export function scanned(text: string, official: readonly string[]): Scanned {
  const trimmed = text.trim();
  if (IDENTIFIER.test(trimmed)) return { kind: 'identifier', identifier: trimmed };
  if (!/^https?:/i.test(trimmed)) return { kind: 'foreign', text: trimmed };
  let url: URL;
  try {
    url = new URL(trimmed);
  } catch {
    return { kind: 'foreign', text: trimmed };
  }
  // What stands before an @ is meant to be taken for the host.
  if (url.username || url.password || !official.includes(url.host)) return { kind: 'elsewhere', host: url.host };
  const identifier = /^\/verify\/([^/?#]+)/i.exec(url.pathname)?.[1];
  return identifier ? { kind: 'code', text: trimmed, identifier: decoded(identifier) } : { kind: 'foreign', text: trimmed };
}

/** An identifier as typed or pasted: wide forms, blanks and invisible characters are no part of it. */
export function tidy(typed: string): string {
  return typed.normalize('NFKC').replace(/[\s\u200b-\u200f\u2060\ufeff]/gu, '');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a stray % is no reason to ask nothing
  }
}
