// A connection to a certificate hub: asks for access tokens, sends purposes, waits when told to, and says in words what went wrong.

/** An operation as graphql-codegen writes it (`documentMode: 'string'`), with the types of its answer and its variables. */
interface Operation<Data, Variables> {
  toString(): string;
  __apiType?: (variables: Variables) => Data;
}

export interface Purpose {
  useFor: string;
  itemCode?: string;
  itemName?: string;
  businessCode?: string;
  operator?: string;
}

export interface Answer<Data> {
  data: Data;
  /** Which selections are masked or withheld, as paths (`holder.certificates.nodes.number`): it follows from the rights, not from what was found. */
  masked: string[];
}

/** The hub refused. `code` is one of the codes in its interface documents, or one of RFC 6749 (`invalid_client`). */
export class HubError extends Error {
  constructor(readonly code: string, message: string) {
    super(`${code}: ${message}`);
    this.name = 'HubError';
  }
}

const ATTEMPTS = 6;
const LONGEST_WAIT = 60; // seconds; whoever is told to wait longer had better be seen by a person
const DEADLINE = 30_000; // milliseconds
const MARGIN = 30; // seconds before its end in which a token is not used any more

export class Hub {
  #token: { value: string; until: number } | undefined;

  constructor(
    readonly url: string,
    private readonly client: { id: string; secret: string },
    private readonly purpose: Purpose,
  ) {}

  /** Runs one operation. Throws where the hub answers any error, also beside data: half an answer is not acted upon. */
  async run<Data, Variables>(operation: Operation<Data, Variables>, variables: Variables): Promise<Answer<Data>> {
    const body = JSON.stringify({ query: operation.toString(), variables, extensions: { purpose: this.purpose } });
    const ask = async () =>
      this.#send('/graphql', body, {
        Authorization: `Bearer ${await this.token()}`,
        'Content-Type': 'application/json',
        Accept: 'application/graphql-response+json',
      });
    let { status, json } = await ask();
    if (status === 401) {
      this.#token = undefined; // it was revoked before its end: another one, once
      ({ status, json } = await ask());
    }
    const answer = json as { data?: Data; errors?: { message: string; path?: (string | number)[]; extensions?: { code?: string } }[]; extensions?: { masked?: string[] } };
    const error = answer.errors?.[0];
    if (error) {
      const place = error.path ? ` (${error.path.join('.')})` : '';
      throw new HubError(error.extensions?.code ?? 'INTERNAL', `${error.message}${place}`);
    }
    if (!answer.data) throw new HubError('INTERNAL', `HTTP ${status} without data`);
    return { data: answer.data, masked: answer.extensions?.masked ?? [] };
  }

  /** Seconds for which the present token may be used. */
  get lifetime(): number {
    return this.#token ? Math.round((this.#token.until - Date.now()) / 1000) : 0;
  }

  /** The present access token, or a new one. */
  async token(): Promise<string> {
    if (this.#token && this.lifetime > MARGIN) return this.#token.value;
    const { id, secret } = this.client;
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }).toString();
    const { status, json } = await this.#send('/oauth/token', body, { 'Content-Type': 'application/x-www-form-urlencoded' });
    const granted = json as { access_token?: string; expires_in?: number; error?: string; error_description?: string };
    if (!granted.access_token) throw new HubError(granted.error ?? 'INTERNAL', granted.error_description ?? `HTTP ${status} without a token`);
    this.#token = { value: granted.access_token, until: Date.now() + (granted.expires_in ?? 0) * 1000 };
    return this.#token.value;
  }

  /** Posts; again after a while where the hub says that it is asked too often (429) or cannot answer now (503). */
  async #send(path: string, body: string, headers: Record<string, string>): Promise<{ status: number; json: unknown }> {
    for (let attempt = 1; ; attempt += 1) {
      let response: Response;
      let text: string;
      try {
        response = await fetch(new URL(path, this.url), {
          method: 'POST', body, headers: { ...headers, 'Accept-Language': 'zh-CN' }, signal: AbortSignal.timeout(DEADLINE),
        });
        text = await response.text();
      } catch (error) {
        const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
        throw new HubError('UNREACHABLE', `${this.url}: ${why}`);
      }
      const wait = Number(response.headers.get('Retry-After') ?? 2 ** (attempt - 1));
      const later = response.status === 429 || response.status === 503;
      if (!later || attempt === ATTEMPTS || !(wait <= LONGEST_WAIT)) return { status: response.status, json: parsed(response.status, text) };
      await new Promise((resolve) => setTimeout(resolve, wait * 1000));
    }
  }
}

function parsed(status: number, text: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null) return json;
  } catch {
    // Said below: something between here and the hub answered in its place.
  }
  throw new HubError('UNREACHABLE', `HTTP ${status}, no JSON: is this the address of a hub?`);
}
