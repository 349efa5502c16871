// The types that are published are those of the element: this file compiles, or `tsc` names the difference.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type * as Published from '../../npm/certificate-verify';
import type { CertificateVerify } from './element';
import type { Look } from './outcome';
import type { Answer, Question } from './types';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
const same: [
  Same<Published.Answer, Answer>,
  Same<Published.Question, Question>,
  Same<Published.Look, Look>,
  CertificateVerify extends Published.CertificateVerify ? true : never,
] = [true, true, true, true];

test('the package holds the element, its types, and what it loads', () => {
  expect(same).toHaveLength(4);
  const folder = mkdtempSync(join(tmpdir(), 'certificate-verify-'));
  try {
    const here = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
    execFileSync(process.execPath, [here('npm/assemble.mjs'), folder]);
    const { files } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { files: string[] };
    for (const file of files) expect(readFileSync(join(folder, file)).length, file).toBeGreaterThan(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
