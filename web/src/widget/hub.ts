// The hub that answers, and what it says of itself.

import type { Answer, Lang, Question, Report } from './types';

const REPORT = `{
  result genuine status statusAsOf verifiedAt gbResult gbFileResult holderFrozen
  reasons { code message } checks { name outcome detail }
  certificate { identifier typeCode typeName maskedNumber maskedHolder issuerName issuedOn validFrom validTo status }
}`;

const QUERIES = {
  identifier: `query($id:ID!){report:verifyCertificate(id:$id)${REPORT}}`,
  code: `query($text:String!){report:verifyCode(text:$text)${REPORT}}`,
  file: `query($content:Base64!){report:verifyFile(content:$content)${REPORT}}`,
  printed: `query($typeCode:String!,$number:String,$holderName:String,$holderCode:String){
    report:verifyInformation(typeCode:$typeCode,number:$number,holderName:$holderName,holderCode:$holderCode)${REPORT}}`,
};

const TYPES = `{types:certificateTypes{name typeCode zh:title(lang:ZH) en:title(lang:EN) state}}`;

/** How long an answer is waited for; a document takes seconds to read, and a phone longer to send it. */
const PATIENCE = 15_000;
const PATIENCE_FILE = 60_000;

export interface CertificateType {
  name: string;
  typeCode: string;
  zh: string;
  en: string;
  state: string;
}

/** What `/.well-known/zhengzhao.json` says: which hosts are official, and whom to trust. */
export interface Identity {
  hosts: string[];
  anchors: string[];
  signers: string[][];
  asOf: string | null;
}

class Unreachable extends Error {}

export class Hub {
  private known: Promise<Identity> | null = null;

  /** `address` is the hub's, with or without `/graphql`. */
  constructor(
    address: string,
    base: string,
  ) {
    const url = new URL(address || '/', base);
    this.graphql = url.pathname.endsWith('/graphql') ? url.href : new URL('/graphql', url).href;
    this.origin = url.origin;
    this.host = url.host;
  }

  readonly graphql: string;
  readonly origin: string;
  readonly host: string;

  /** The page of a certificate. */
  page(identifier: string): string {
    return `${this.origin}/verify/${encodeURIComponent(identifier)}`;
  }

  async ask(question: Question, lang: Lang): Promise<Answer> {
    const [query, variables] = asked(question);
    let body: { data?: { report?: Report | null } | null; errors?: { message: string; extensions?: { code?: string } }[] };
    try {
      body = await this.send(query, variables, lang, question.kind === 'file' ? PATIENCE_FILE : PATIENCE);
    } catch (error) {
      return { kind: 'unreachable', detail: error instanceof Error ? error.message : String(error) };
    }
    const report = body.data?.report;
    if (report) return { kind: 'report', report, by: 'hub' };
    const fault = body.errors?.[0];
    const code = fault?.extensions?.code ?? 'INTERNAL';
    const message = fault?.message ?? '';
    if (code === 'INVALID_INPUT' && (question.kind === 'code' || question.kind === 'file')) return { kind: 'unreadable', message };
    return { kind: 'refused', code, message };
  }

  async types(lang: Lang): Promise<CertificateType[]> {
    const body = await this.send<{ types?: CertificateType[] | null }>(TYPES, {}, lang, PATIENCE);
    if (!body.data?.types) throw new Error(body.errors?.[0]?.message ?? 'no types');
    return body.data.types.filter(({ state }) => state !== 'DRAFT');
  }

  /** Asked once; asked again after a failure. */
  identity(): Promise<Identity> {
    this.known ??= this.askIdentity().catch((error: unknown) => {
      this.known = null;
      throw error;
    });
    return this.known;
  }

  private async askIdentity(): Promise<Identity> {
    const response = await within(PATIENCE, (signal) => fetch(`${this.origin}/.well-known/zhengzhao.json`, { signal, credentials: 'omit' }));
    if (!response.ok) throw new Unreachable(`HTTP ${response.status}`);
    const { statement } = (await response.json()) as { statement: string };
    const said = JSON.parse(statement) as {
      hosts?: string[];
      anchors?: { certificate: string }[];
      signers?: { certificates: string[] }[];
      asOf?: string;
    };
    return {
      hosts: (said.hosts ?? []).map(hostOf).filter((host): host is string => host !== null),
      anchors: (said.anchors ?? []).map(({ certificate }) => certificate),
      signers: (said.signers ?? []).map(({ certificates }) => certificates),
      asOf: said.asOf ?? null,
    };
  }

  private async send<Data>(query: string, variables: object, lang: Lang, patience: number): Promise<{ data?: Data | null; errors?: { message: string; extensions?: { code?: string } }[] }> {
    const response = await within(patience, (signal) =>
      fetch(this.graphql, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          Accept: 'application/graphql-response+json, application/json;q=0.9',
          'Accept-Language': lang === 'en' ? 'en' : 'zh-CN',
        },
        body: JSON.stringify({ query, variables }),
        credentials: 'omit',
        signal,
      }),
    );
    const text = await response.text();
    try {
      const body = JSON.parse(text);
      if (body && typeof body === 'object' && ('data' in body || 'errors' in body)) return body;
    } catch {
      // a proxy's page
    }
    throw new Unreachable(`HTTP ${response.status}`);
  }
}

/** The host of a web address; null for what is none. */
export function hostOf(address: string): string | null {
  try {
    return new URL(address).host;
  } catch {
    return null;
  }
}

async function within<T>(patience: number, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), patience);
  try {
    return await act(controller.signal);
  } catch (error) {
    throw new Unreachable(controller.signal.aborted ? `${patience / 1000} s` : error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
  }
}

function asked(question: Question): [string, object] {
  switch (question.kind) {
    case 'identifier':
      return [QUERIES.identifier, { id: question.identifier }];
    case 'code':
      return [QUERIES.code, { text: question.text }];
    case 'file':
      return [QUERIES.file, { content: base64(question.bytes) }];
    case 'printed': {
      const { typeCode, number, holderName, holderCode } = question;
      return [QUERIES.printed, { typeCode, number: number || null, holderName: holderName || null, holderCode: holderCode || null }];
    }
  }
}

export function base64(bytes: Uint8Array): string {
  let text = '';
  // A call's arguments stand on the stack: not all bytes at once.
  for (let from = 0; from < bytes.length; from += 0x8000) text += String.fromCharCode(...bytes.subarray(from, from + 0x8000));
  return btoa(text);
}
