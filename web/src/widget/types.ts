// What the hub answers, as far as it is asked here.

export type Lang = 'zh' | 'en';

export type Outcome = 'OK' | 'FAILED' | 'UNKNOWN' | 'NOT_APPLICABLE';

export interface Check {
  name: string;
  outcome: Outcome;
  detail?: string | null;
}

export interface Reason {
  code: string;
  message: string;
}

export interface Certificate {
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
}

export interface Report {
  result: 'PASSED' | 'FAILED' | 'INDETERMINATE';
  genuine?: boolean | null;
  status?: string | null;
  reasons: Reason[];
  checks: Check[];
  verifiedAt: string;
  statusAsOf?: string | null;
  gbResult?: number | null;
  gbFileResult?: number | null;
  /** On loss (挂失): whoever presents it has to prove himself in another way. The hub alone knows. */
  holderFrozen?: boolean | null;
  certificate?: Certificate | null;
}

export type Mode = 'scan' | 'upload' | 'printed' | 'identifier';
export const MODES: readonly Mode[] = ['scan', 'upload', 'printed', 'identifier'];

/** What somebody asks, in one of the four ways. */
export type Question =
  | { kind: 'identifier'; identifier: string }
  | { kind: 'code'; text: string }
  | { kind: 'file'; name: string; bytes: Uint8Array }
  | { kind: 'printed'; typeCode: string; number?: string; holderName?: string; holderCode?: string };

/** What came of it. Only a report is a verdict; the others say why there is none, each in a look of its own. */
export type Answer =
  | { kind: 'report'; report: Report; by: 'hub' }
  | { kind: 'report'; report: Report; by: 'browser'; trustAsOf: string | null }
  | { kind: 'unreadable'; message: string }
  | { kind: 'elsewhere'; host: string; official: string[] }
  | { kind: 'refused'; code: string; message: string }
  | { kind: 'unreachable'; detail: string };
