// What a schema says of its types and of who asks; asking for it is schema.ts.

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

/** Whose schema this is, by what it shows. */
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
