// What stands in a form, as a tree of the same shape as the input; and that tree without what was left empty.

import type { FormField } from './fields';

export type Tree = { [name: string]: Value };
export type Value = string | boolean | Tree | Value[] | undefined;

/** The value at a path, such as `['specialities', 0, 'beginDate']`. */
export type Path = (string | number)[];

export function put(tree: Tree, path: Path, value: Value): Tree {
  return changed(tree, path, value) as Tree;
}

function changed(at: Value, [first, ...rest]: Path, value: Value): Value {
  if (first === undefined) return value;
  if (typeof first === 'number') {
    const list = Array.isArray(at) ? [...at] : [];
    list[first] = changed(list[first], rest, value);
    return list;
  }
  const tree = at && typeof at === 'object' && !Array.isArray(at) ? at : {};
  return { ...tree, [first]: changed(tree[first], rest, value) };
}

/** As the hub's faults name it: `data.specialities[0].beginDate`. */
export const named = (path: Path): string => path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');

/** The input: empty texts and empty objects are left out, numbers and truth are what they look like. */
export function input(list: FormField[], tree: Tree): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const field of list) {
    const value = field.list ? items(field, tree[field.name]) : single(field, tree[field.name]);
    if (value !== undefined) given[field.name] = value;
  }
  return given;
}

function items(field: FormField, value: Value): unknown[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.map((item) => single(field, item) ?? (field.members ? {} : ''));
}

function single(field: FormField, value: Value): unknown {
  if (field.members) {
    const inner = input(field.members, value && typeof value === 'object' && !Array.isArray(value) ? value : {});
    return Object.keys(inner).length > 0 ? inner : undefined;
  }
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  if (field.scalar === 'Boolean') return value === 'true';
  if (field.scalar === 'Int' || field.scalar === 'Float') return Number.isFinite(Number(value)) ? Number(value) : value;
  return value.trim();
}

/** Data as they are kept, such as an example, as a form shows them. */
export function tree(list: FormField[], data: Record<string, unknown>): Tree {
  const made: Tree = {};
  for (const field of list) {
    const value = data[field.name];
    if (value === undefined || value === null) continue;
    made[field.name] = Array.isArray(value) ? value.map((item) => one(field, item)) : one(field, value);
  }
  return made;
}

function one(field: FormField, value: unknown): Value {
  if (field.members) return value && typeof value === 'object' ? tree(field.members, value as Record<string, unknown>) : {};
  return typeof value === 'boolean' ? String(value) : typeof value === 'object' ? JSON.stringify(value) : String(value);
}
