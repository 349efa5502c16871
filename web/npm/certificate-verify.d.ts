/** How an answer looks, and so what it comes to. */
export type Look = 'passed' | 'unusable' | 'forged' | 'unknown' | 'unsure' | 'offline' | 'unreachable';

export interface Check {
  name: string;
  outcome: 'OK' | 'FAILED' | 'UNKNOWN' | 'NOT_APPLICABLE';
  detail?: string | null;
}

/** What a hub says of a certificate; names and numbers are masked. */
export interface Report {
  result: 'PASSED' | 'FAILED' | 'INDETERMINATE';
  genuine?: boolean | null;
  status?: string | null;
  reasons: { code: string; message: string }[];
  checks: Check[];
  /** RFC 3339, as the other times. */
  verifiedAt: string;
  statusAsOf?: string | null;
  /** GB/T 36906: 0 to 5. */
  gbResult?: number | null;
  gbFileResult?: number | null;
  certificate?: {
    identifier: string;
    typeCode?: string | null;
    typeName?: string | null;
    maskedNumber?: string | null;
    maskedHolder?: string | null;
    issuerName?: string | null;
    issuedOn?: string | null;
    validFrom?: string | null;
    validTo?: string | null;
    status?: string | null;
  } | null;
}

export type Question =
  | { kind: 'identifier'; identifier: string }
  | { kind: 'code'; text: string }
  | { kind: 'file'; name: string; bytes: Uint8Array }
  | { kind: 'printed'; typeCode: string; number?: string; holderName?: string; holderCode?: string };

/** Only a report is a verdict. `by` the browser: without the network, as of the report's `statusAsOf`. */
export type Answer =
  | { kind: 'report'; report: Report; by: 'hub' }
  | { kind: 'report'; report: Report; by: 'browser'; trustAsOf: string | null }
  | { kind: 'unreadable'; message: string }
  | { kind: 'elsewhere'; host: string; official: string[] }
  | { kind: 'refused'; code: string; message: string }
  | { kind: 'unreachable'; detail: string };

/** `detail` of the event `verify-answer`; `hub` is the host that was asked. */
export interface VerifyAnswer {
  answer: Answer;
  hub: string;
  look: Look;
}

export declare class CertificateVerify extends HTMLElement {
  readonly answer: Answer | null;
  verify(question: Question, options?: { quiet?: boolean }): Promise<Answer | null>;
  reset(): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'certificate-verify': CertificateVerify;
  }
  interface HTMLElementEventMap {
    'verify-ask': CustomEvent<{ kind: Question['kind'] }>;
    'verify-answer': CustomEvent<VerifyAnswer>;
    'verify-reset': CustomEvent<Record<string, never>>;
  }
}
