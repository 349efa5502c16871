// Counts out of the statistics fields of the types that the token reads.

import { type CatalogueType, catalogue } from './catalogue';
import { queryPartly } from './hub';
import { lowerFirst } from './shapes';
import { identity } from './signin';

interface Groups {
  groups: { keys: { field: string; value: string | null; label: string | null }[]; count: number | string }[];
}

/** The types whose statistics the present token may ask. */
export async function counted(): Promise<CatalogueType[]> {
  const queries = identity.value?.rights.queries ?? new Set();
  return (await catalogue()).filter((type) => queries.has(field(type.name)));
}

const field = (name: string): string => `${lowerFirst(name)}Statistics`;

/** By key of the group; of several fields the last one. */
function counts({ groups }: Groups): Map<string, number> {
  const found = new Map<string, number>();
  for (const { keys, count } of groups) {
    const key = keys[keys.length - 1]?.value ?? '';
    found.set(key, (found.get(key) ?? 0) + Number(count));
  }
  return found;
}

async function asked(parts: [string, string][]): Promise<Map<string, Map<string, number>>> {
  const answers = new Map<string, Map<string, number>>();
  if (parts.length === 0) return answers;
  const { data } = await queryPartly<Record<string, Groups | null>>(`{ ${parts.map(([alias, text]) => `${alias}: ${text} { groups { keys { field value label } count } }`).join(' ')} }`);
  for (const [alias] of parts) {
    const groups = data[alias];
    if (groups) answers.set(alias, counts(groups));
  }
  return answers;
}

export interface Counted {
  type: CatalogueType;
  by: Map<string, number>;
}

async function ofEach(types: CatalogueType[], args: string): Promise<Counted[]> {
  const answers = await asked(types.map((type, index) => [`t${index}`, `${field(type.name)}(${args})`]));
  return types.map((type, index) => ({ type, by: answers.get(`t${index}`) ?? new Map() }));
}

/** How many of each status each type has. */
export const byStatus = (types: CatalogueType[]): Promise<Counted[]> => ofEach(types, 'groupBy: [status]');

/** Issued in each month since then. */
export const byMonth = (types: CatalogueType[], since: string): Promise<Counted[]> => ofEach(types, `where: { issuedOn: { gte: "${since}" } }, groupBy: [issuedOnMonth]`);

/** In force now and ending in each month up to then. */
export const ending = (types: CatalogueType[], from: string, until: string): Promise<Counted[]> =>
  ofEach(types, `where: { validTo: { gte: "${from}", lte: "${until}" }, status: { in: [VALID, SUSPENDED] } }, groupBy: [validToMonth]`);

/** Issued on each of these days: one count a day, for statistics know months but no days. */
export async function byDay(type: CatalogueType, days: string[]): Promise<number[]> {
  const answers = await asked(days.map((date, index) => [`d${index}`, `${field(type.name)}(where: { issuedOn: { eq: "${date}" } }, groupBy: [issuedOnYear])`]));
  return days.map((_, index) => [...(answers.get(`d${index}`) ?? new Map<string, number>()).values()].reduce((sum, count) => sum + count, 0));
}
