// The console's way to the hub: what every other client uses, with the token and the purpose of whoever works here.

import { type GraphqlError, send } from '../shared/hub';
import { language } from '../shared/language';
import { askPurpose, purpose } from './purpose';
import { expired, identity } from './signin';

/** The hub's no, in its own words. */
export class Refusal extends Error {
  constructor(readonly errors: GraphqlError[]) {
    super([...new Set(errors.map((error) => error.message))].join('\n'));
    this.name = 'Refusal';
  }
  get code(): string {
    return this.errors[0]?.extensions?.code ?? 'INTERNAL';
  }
  /** What is wrong with the input, each with its path. */
  get faults(): { path: string; message: string }[] {
    return this.errors.flatMap((error) => error.extensions?.faults ?? []);
  }
}

/** Whoever works here would not say what for. */
export class Unsaid extends Error {}

export interface Partly<Data> {
  data: Data;
  errors: GraphqlError[];
}

/** A query; where the hub wants a purpose, it is asked for, once. What was refused is null and listed. */
export async function queryPartly<Data>(query: string, variables?: Record<string, unknown>): Promise<Partly<Data>> {
  const first = await sent<Data>(query, variables);
  if (!first.errors.some((error) => error.extensions?.code === 'PURPOSE_REQUIRED')) return some(first);
  if (!(await askPurpose())) throw new Unsaid();
  return some(await sent<Data>(query, variables));
}

/** A query of which nothing may be refused. */
export async function query<Data>(text: string, variables?: Record<string, unknown>): Promise<Data> {
  const { data, errors } = await queryPartly<Data>(text, variables);
  if (errors.length > 0) throw new Refusal(errors);
  return data;
}

/** A command: sent once, never again by itself. */
export async function command<Data>(text: string, variables?: Record<string, unknown>): Promise<Data> {
  const answer = await sent<Data>(text, variables);
  if (answer.errors.length > 0 || !answer.data) throw new Refusal(answer.errors);
  return answer.data;
}

/** A file of the hub that only this token may read; certificate files want a purpose. */
export async function file(path: string, personal = true): Promise<Blob> {
  if (personal && !purpose.value && !(await askPurpose())) throw new Unsaid();
  const response = await fetch(path, { headers: { ...credentials(), ...(purpose.value ? { 'X-Purpose': encodeURIComponent(JSON.stringify(purpose.value)) } : {}) } });
  if (response.ok) return response.blob();
  const told = (await response.json().catch(() => ({}))) as { errors?: GraphqlError[] };
  throw new Refusal(told.errors ?? [{ message: `HTTP ${response.status}` }]);
}

function credentials(): Record<string, string> {
  const token = identity.value?.token;
  return { 'Accept-Language': language() === 'en' ? 'en' : 'zh-CN', ...(token ? { Authorization: `Bearer ${token}` } : {}) };
}

async function sent<Data>(text: string, variables?: Record<string, unknown>): Promise<{ data: Data | null; errors: GraphqlError[] }> {
  const asked = identity.value;
  const { data, errors = [] } = await send<Data>({
    query: text,
    token: asked?.token ?? null,
    ...(variables ? { variables } : {}),
    ...(purpose.value ? { purpose: purpose.value } : {}),
  });
  const out = errors.find((error) => error.extensions?.code === 'UNAUTHENTICATED');
  if (out && !out.path) expired(asked, out.message);
  return { data: data ?? null, errors };
}

function some<Data>({ data, errors }: { data: Data | null; errors: GraphqlError[] }): Partly<Data> {
  if (!data || (errors.length > 0 && Object.values(data).every((value) => value === null))) throw new Refusal(errors);
  return { data, errors };
}
