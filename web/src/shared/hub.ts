// The pages' one way to the hub: its GraphQL endpoint, and in demo mode /demo.json.

import { acceptLanguage } from './language';

export const ENDPOINT = '/graphql';

export interface Purpose {
  useFor?: string;
  itemCode?: string;
  itemName?: string;
  businessCode?: string;
  operator?: string;
  /** 用证码: a holder's consent, spent by one request. */
  consent?: string;
}

export interface Request {
  query: string;
  variables?: Record<string, unknown>;
  operationName?: string;
  token?: string | null;
  purpose?: Purpose;
  signal?: AbortSignal;
}

export interface GraphqlError {
  message: string;
  path?: (string | number)[];
  extensions?: { code?: string; faults?: { path: string; message: string }[]; [key: string]: unknown };
}

export interface Answer<Data> {
  data?: Data | null;
  errors?: GraphqlError[];
}

/** The hub answered, with errors and no data. */
export class Refused extends Error {
  constructor(readonly errors: GraphqlError[]) {
    super(errors.map((error) => error.message).join('\n'));
    this.name = 'Refused';
  }
  get code(): string | undefined {
    return this.errors[0]?.extensions?.code;
  }
}

/** Sends one request; resolves to the GraphQL response, whatever the HTTP status. Rejects when there is none. */
export async function send<Data>({ query, variables, operationName, token, purpose, signal }: Request): Promise<Answer<Data>> {
  const body: Record<string, unknown> = { query };
  if (variables !== undefined) body.variables = variables;
  if (operationName) body.operationName = operationName;
  if (purpose && Object.keys(purpose).length > 0) body.extensions = { purpose };
  const headers: Record<string, string> = {
    'Content-Type': 'application/json',
    Accept: 'application/graphql-response+json, application/json;q=0.9',
    'Accept-Language': acceptLanguage(),
  };
  if (token) headers.Authorization = `Bearer ${token}`;
  const response = await fetch(ENDPOINT, { method: 'POST', headers, body: JSON.stringify(body), signal });
  const text = await response.text();
  try {
    return JSON.parse(text) as Answer<Data>;
  } catch {
    throw new Error(`HTTP ${response.status} ${text.slice(0, 200)}`.trim());
  }
}

/** The data; rejects with [`Refused`] when the hub answers with an error and no data. */
export async function ask<Data>(request: Request | string, variables?: Record<string, unknown>): Promise<Data> {
  const { data, errors } = await send<Data>(typeof request === 'string' ? { query: request, variables } : request);
  const nothing = !data || Object.values(data).every((value) => value === null);
  if (errors?.length && nothing) throw new Refused(errors);
  if (!data) throw new Error('the hub answered without data');
  return data;
}

export interface Demo {
  endpoint: string;
  tokens: Record<string, string>;
  examples: Record<string, { id: string; identifier: string; number: string; holderCode?: string }>;
}

/** What a demo hub says of itself (tokens, examples) to browsers on its own machine; null from any other hub. */
export async function demo(): Promise<Demo | null> {
  try {
    const response = await fetch('/demo.json', { headers: { Accept: 'application/json' } });
    return response.status === 200 ? ((await response.json()) as Demo) : null;
  } catch {
    return null;
  }
}
