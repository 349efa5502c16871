// What somebody keeps of an answer: who was asked what, when, and what came of it. A file of his own, not signed by anybody.

import type { Answer, Question } from './types';

export interface Receipt {
  kind: 'certificate-verification';
  hub: string;
  askedAt: string;
  question: Record<string, unknown>;
  answeredBy: 'hub' | 'browser' | null;
  answer: unknown;
}

/** Of what was typed, the names of the members alone: a person's code has no place in a file that lies about. */
export async function receipt(hub: string, question: Question, answer: Answer, at: Date): Promise<Receipt> {
  return {
    kind: 'certificate-verification',
    hub,
    askedAt: at.toISOString(),
    question: await described(question),
    answeredBy: answer.kind === 'report' ? answer.by : null,
    answer: answer.kind === 'report' ? answer.report : answer,
  };
}

async function described(question: Question): Promise<Record<string, unknown>> {
  switch (question.kind) {
    case 'identifier':
    case 'code':
      return { ...question };
    case 'file':
      return { kind: 'file', name: question.name, size: question.bytes.length, sha256: await sha256(question.bytes) };
    case 'printed': {
      const { kind, typeCode, ...given } = question;
      return { kind, typeCode, given: Object.entries(given).filter(([, value]) => value).map(([name]) => name) };
    }
  }
}

/** Null where a page is not served securely: browsers give no digests there. */
async function sha256(bytes: Uint8Array): Promise<string | null> {
  if (!globalThis.crypto?.subtle) return null;
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
