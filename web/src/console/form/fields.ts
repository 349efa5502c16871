// From the schema to what can be filled in, or shown: an input type's members, an object's fields.

import { shape } from '../schema';
import { isList, type Member, type Shape, type Title, title, type TypeRef, within } from '../shapes';

export interface FormField extends Title {
  name: string;
  /** GraphQL name of what is filled in. */
  scalar: string;
  list: boolean;
  choices: { value: string; label: string }[] | null;
  /** Of an object: its members. */
  members: FormField[] | null;
}

/** Deeper than any type file that passes its check would want to be filled in by hand. */
const DEEPEST = 6;

export async function fields(input: Shape, depth = 0): Promise<FormField[]> {
  return Promise.all((input.inputFields ?? []).map((member) => field(member, depth)));
}

async function field({ name, description, type }: Member, depth: number): Promise<FormField> {
  const inner = within(type);
  const found = depth < DEEPEST && inner.kind !== 'SCALAR' && inner.name ? await shape(inner.name) : null;
  return {
    name,
    ...title(name, description),
    scalar: inner.name ?? 'String',
    list: isList(type),
    choices: found?.enumValues?.map(({ name: value, description: about }) => ({ value, label: about ?? value })) ?? null,
    members: inner.kind === 'INPUT_OBJECT' && found ? await fields(found, depth + 1) : null,
  };
}

export interface ShownField extends Title {
  name: string;
  kind: 'value' | 'code' | 'picture' | 'object' | 'relation';
  list: boolean;
  members: ShownField[];
}

/** Data of a certificate as it is shown: everything its type has beyond what all certificates have. */
export async function shownFields(type: Shape, common: Set<string>, depth = 0): Promise<ShownField[]> {
  const own = (type.fields ?? []).filter(({ name }) => !common.has(name));
  return (await Promise.all(own.map((member) => shownField(member, depth)))).filter((found): found is ShownField => found !== null);
}

async function shownField({ name, description, type }: Member, depth: number): Promise<ShownField | null> {
  const inner = within(type);
  const base = { name, ...title(name, description), list: isList(type), members: [] };
  if (inner.kind === 'SCALAR' || inner.kind === 'ENUM') return { ...base, kind: inner.name === 'Base64' ? 'picture' : 'value' };
  if (inner.name === 'CodeValue') return { ...base, kind: 'code' };
  const found = inner.name && depth < DEEPEST ? await shape(inner.name) : null;
  if (!found) return null;
  if (isCertificate(inner, found)) return { ...base, kind: 'relation' };
  return { ...base, kind: 'object', members: await shownFields(found, new Set(), depth + 1) };
}

const isCertificate = (type: TypeRef, found: Shape): boolean => type.name === 'Certificate' || (found.interfaces ?? []).some(({ name }) => name === 'Certificate');

/** The selection that asks for them. */
export function selection(list: ShownField[]): string {
  return list
    .map(({ name, kind, members }) => {
      if (kind === 'code') return `${name} { code label table }`;
      if (kind === 'relation') return `${name} { id number typeName status }`;
      if (kind === 'object') return `${name} { ${selection(members)} }`;
      return name;
    })
    .join(' ');
}
