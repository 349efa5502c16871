// The pages' one way to the hub: its GraphQL endpoint, and in demo mode /demo.json.

import { acceptLanguage } from './language.js';

export const ENDPOINT = '/graphql';

/** Sends one request; resolves to the GraphQL response, whatever the HTTP status. Rejects when there is none. */
export async function send({ query, variables, operationName, token, purpose, signal }) {
  const body = { query };
  if (variables !== undefined) body.variables = variables;
  if (operationName) body.operationName = operationName;
  if (purpose && Object.keys(purpose).length > 0) body.extensions = { purpose };
  const headers = {
    'Content-Type': 'application/json',
    Accept: 'application/graphql-response+json, application/json;q=0.9',
    'Accept-Language': acceptLanguage(),
  };
  if (token) headers.Authorization = `Bearer ${token}`;
  const response = await fetch(ENDPOINT, { method: 'POST', headers, body: JSON.stringify(body), signal });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`HTTP ${response.status} ${text.slice(0, 200)}`.trim());
  }
}

/** The data of an anonymous query; rejects with the hub's own message when it answers with an error and no data. */
export async function ask(query, variables) {
  const { data, errors } = await send({ query, variables });
  const nothing = !data || Object.values(data).every((value) => value === null);
  if (errors?.length && nothing) {
    const refused = new Error(errors.map((error) => error.message).join('\n'));
    refused.code = errors[0].extensions?.code;
    throw refused;
  }
  return data;
}

/** What a demo hub says of itself (tokens, examples); null from any other hub. */
export async function demo() {
  try {
    const response = await fetch('/demo.json', { headers: { Accept: 'application/json' } });
    return response.status === 200 ? await response.json() : null;
  } catch {
    return null;
  }
}

/** `make('p', { class: 'x' }, 'text', child)`: an element. Text is always text, never markup. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}
