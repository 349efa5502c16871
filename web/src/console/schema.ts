// What this token may do is what its schema shows: the hub gives each class of rights a schema of its own.

import { send } from '../shared/hub';
import { query, Refusal } from './hub';

export interface TypeRef {
  kind: string;
  name: string | null;
  ofType: TypeRef | null;
}

export interface Member {
  name: string;
  description: string | null;
  type: TypeRef;
}

export interface Shape {
  kind: string;
  name: string;
  fields: Member[] | null;
  inputFields: Member[] | null;
  enumValues: { name: string; description: string | null }[] | null;
  interfaces: { name: string }[] | null;
}

export type Role = 'administrator' | 'issuer' | 'department' | 'nobody';

export interface Rights {
  queries: Set<string>;
  mutations: Set<string>;
  role: Role;
}

interface Roots {
  __schema: { queryType: { fields: { name: string }[] }; mutationType: { fields: { name: string }[] } | null };
}

const ROOTS = '{ __schema { queryType { fields { name } } mutationType { fields { name } } } }';

/** The root fields of a token's schema. */
export async function rights(token: string): Promise<Rights> {
  const { data, errors } = await send<Roots>({ query: ROOTS, token });
  if (!data) throw new Refusal(errors ?? []);
  const { __schema: roots } = data;
  return of(new Set(roots.queryType.fields.map(({ name }) => name)), new Set((roots.mutationType?.fields ?? []).map(({ name }) => name)));
}

export function of(queries: Set<string>, mutations: Set<string>): Rights {
  const role = mutations.has('registerCertificateType')
    ? 'administrator'
    : mutations.has('revokeCertificate')
      ? 'issuer'
      : queries.has('certificates')
        ? 'department'
        : 'nobody';
  return { queries, mutations, role };
}

const SHAPE = `query Shape($name: String!) {
  __type(name: $name) {
    kind name interfaces { name } enumValues { name description }
    fields { name description type { ...T } } inputFields { name description type { ...T } }
  }
}
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }`;

const kept = new Map<string, Promise<Shape | null>>();

/** A type of the schema by its name. */
export function shape(name: string): Promise<Shape | null> {
  const known = kept.get(name);
  if (known) return known;
  const asked = query<{ __type: Shape | null }>(SHAPE, { name }).then((answer) => answer.__type);
  kept.set(name, asked);
  asked.catch(() => kept.delete(name));
  return asked;
}

/** After another sign-in or a change of types. */
export const forget = (): void => kept.clear();

/** The type within lists and non-nulls. */
export function within(type: TypeRef): TypeRef {
  return type.ofType && (type.kind === 'NON_NULL' || type.kind === 'LIST') ? within(type.ofType) : type;
}

export function isList(type: TypeRef): boolean {
  return type.kind === 'LIST' || (type.kind === 'NON_NULL' && type.ofType !== null && isList(type.ofType));
}

export interface Title {
  zh: string;
  en: string;
  table: string | null;
  note: string;
  required: boolean;
}

/** What a description says: `姓名（CZZT） / Name; codes: Sex`, then remarks, then whether it is required. */
export function title(name: string, description: string | null): Title {
  const required = (description ?? '').includes('（必填 / required）');
  const [head = '', ...rest] = (description ?? '').replace('（必填 / required）', '').split('\n\n');
  const [names = '', table = null] = head.split('; codes: ');
  const [zh = '', en = ''] = names.split(' / ');
  const plain = zh.replace(/（[A-Za-z_0-9]+）$/, '').trim();
  return { zh: plain || name, en: en.trim() || name, table: table?.trim() || null, note: rest.join('\n').trim(), required };
}

/** `lowerFirst('BusinessLicence')`: root fields begin so. */
export const lowerFirst = (name: string): string => name.slice(0, 1).toLowerCase() + name.slice(1);
