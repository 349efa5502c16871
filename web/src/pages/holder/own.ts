// What the parts of the page share: asking as the holder, what is known of his certificates, sentences for what went wrong.

import { ask, Refused } from '../../shared/hub';
import { acceptLanguage, t } from '../../shared/language';
import type { Session } from './session';

export interface Certificate {
  __typename: string;
  id: string;
  identifier: string;
  typeName: string;
  name: string;
  number: string;
  status: string;
  issuedOn: string;
  validFrom: string | null;
  validTo: string | null;
  issuer: { code: string; name: string };
  holders: { name: string | null; code: string | null }[];
  files: { format: string; path: string }[];
}

export interface TypeField {
  name: string;
  zh: string;
  en: string;
  scalar: string;
}

export interface Type {
  name: string;
  plural: string;
  zh: string;
  en: string;
  definingAuthority: string;
  definingAuthorityCode: string;
  fields: TypeField[];
}

export interface UseCode {
  id: string;
  department: string;
  type: string;
  fields: string[];
  once: boolean;
  uses: number;
  madeAt: string;
  until: string;
  usedAt: string | null;
  withdrawnAt: string | null;
}

/** What has come so far; empty when nobody is signed in. */
export const known = {
  session: null as Session | null,
  certificates: [] as Certificate[],
  types: new Map<string, Type>(),
  codes: [] as UseCode[],
};

/** The session ended: by time, by freezing, or because it never was one. */
export class Ended extends Error {}

export async function own<Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> {
  const token = known.session?.token;
  if (!token) throw new Ended();
  try {
    return await ask<Data>({ query, variables, token });
  } catch (error) {
    if (error instanceof Refused && error.code === 'UNAUTHENTICATED') throw new Ended();
    throw error;
  }
}

/** A file of the hub's, as the holder; a purpose stands in the log beside it. */
export async function ownFile(path: string, useFor?: string): Promise<Response> {
  const token = known.session?.token;
  if (!token) throw new Ended();
  const headers: Record<string, string> = { Authorization: `Bearer ${token}`, 'Accept-Language': acceptLanguage() };
  if (useFor) headers['X-Purpose'] = encodeURIComponent(JSON.stringify({ useFor }));
  const response = await fetch(path, { headers });
  if (response.status === 401) throw new Ended();
  return response;
}

/** Hands a file to the browser to be saved. */
export function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export const typeTitle = (name: string): string => {
  const type = known.types.get(name);
  return type ? t(type.zh, type.en) || type.zh : name;
};

/** Names of departments as far as anything that was read tells them. */
export function departmentNames(): Map<string, string> {
  const names = new Map<string, string>();
  for (const type of known.types.values()) names.set(type.definingAuthorityCode, type.definingAuthority);
  for (const { issuer } of known.certificates) names.set(issuer.code, issuer.name);
  return names;
}

export const departmentName = (code: string): string => {
  const name = departmentNames().get(code);
  return name ? `${name}（${code}）` : code;
};

/** A sentence for the holder. */
export function sentence(error: unknown): string {
  if (error instanceof Refused) return error.message;
  return t('枢纽暂时没有答复，请稍后再试。', 'The hub does not answer now: try again later.');
}
