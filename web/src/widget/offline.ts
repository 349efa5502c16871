// Verifying in the browser, with the trust anchors that the hub gave while it could be reached.

import { base64, type Hub, type Identity } from './hub';
import { loadVerifier } from './lazy';
import type { Answer, Lang, Question, Report } from './types';

const kept = (hub: Hub): string => `certificate-verify ${hub.origin}`;

/** Keeps what the hub says of itself, for this page and the next. */
export function keep(hub: Hub, identity: Identity): void {
  try {
    localStorage.setItem(kept(hub), JSON.stringify(identity));
  } catch {
    // no storage here: what is in memory has to do
  }
}

export function recall(hub: Hub): Identity | null {
  try {
    const text = localStorage.getItem(kept(hub));
    return text ? (JSON.parse(text) as Identity) : null;
  } catch {
    return null;
  }
}

/** Fetches what is needed offline, while the hub can be reached. Failing is no harm: then there is no answer offline. */
export async function prepare(hub: Hub): Promise<void> {
  const saving = (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;
  if (!saving) await loadVerifier(hub).catch(() => undefined);
}

/** Null where it cannot be said here: nothing signed is at hand, or no anchors, or no WebAssembly. */
export async function verifyHere(question: Question, hub: Hub, identity: Identity | null, lang: Lang): Promise<Answer | null> {
  const bytes = question.kind === 'code' ? new TextEncoder().encode(question.text) : question.kind === 'file' ? question.bytes : null;
  if (!bytes || !identity || identity.anchors.length === 0) return null;
  let verifier: WebAssembly.Module;
  try {
    verifier = await loadVerifier(hub);
  } catch {
    return null;
  }
  const { anchors, signers } = identity;
  const said = await run(verifier, { content: base64(bytes), anchors, signers, at: new Date().toISOString(), lang });
  if (said?.unreadable) return { kind: 'unreadable', message: said.unreadable };
  if (!said?.report) return null;
  const { subject, ...report } = said.report;
  return { kind: 'report', by: 'browser', trustAsOf: identity.asOf, report: { ...report, certificate: subject ?? null } };
}

interface Said {
  report?: Report & { subject?: Report['certificate'] };
  unreadable?: string;
  fault?: string;
}

interface Exports extends WebAssembly.Exports {
  memory: WebAssembly.Memory;
  request(length: number): number;
  answer(): number;
  answer_length(): number;
}

/** An instance for each question: whatever a file does to its memory ends with it. Null where it broke off. */
export async function run(verifier: WebAssembly.Module, question: object): Promise<Said | null> {
  try {
    const instance = await WebAssembly.instantiate(verifier, {});
    const { memory, request, answer, answer_length: length } = instance.exports as Exports;
    const bytes = new TextEncoder().encode(JSON.stringify(question));
    const at = request(bytes.length);
    if (at === 0) return null;
    new Uint8Array(memory.buffer, at, bytes.length).set(bytes);
    const from = answer();
    // The memory may have grown, and then is another.
    return JSON.parse(new TextDecoder().decode(new Uint8Array(memory.buffer, from, length()))) as Said;
  } catch {
    return null;
  }
}
