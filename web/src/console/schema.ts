// What this token may do is what its schema shows: the hub gives each class of rights a schema of its own.

import { send } from '../shared/hub';
import { query, Refusal } from './hub';
import { of, type Rights, type Shape } from './shapes';

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
