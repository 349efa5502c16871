// The verifier for browsers says of every file of the matrix what the verifier of the hub says (src/verify/tests/matrix).

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { base64 } from './hub';
import { run } from './offline';

const here = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const MATRIX = 'src/verify/tests/matrix';

interface Outcome {
  case: string;
  form: string;
  file: string;
  result: string;
  genuine: boolean | null;
  gbResult: number | null;
  reasons: string[];
}
const { at, outcomes } = JSON.parse(readFileSync(here(`${MATRIX}/outcomes.json`), 'utf8')) as { at: string; outcomes: Outcome[] };

const certificates = (file: string): string[] =>
  readFileSync(file, 'utf8').split('-----BEGIN CERTIFICATE-----').slice(1).map((text) => (text.split('-----END')[0] ?? '').replace(/\s/g, ''));
const inFolder = (folder: string): string[] => readdirSync(here(`${MATRIX}/trust/${folder}`)).map((name) => here(`${MATRIX}/trust/${folder}/${name}`));
const trust = {
  anchors: certificates(here(`${MATRIX}/trust/root.pem`)),
  signers: inFolder('signers').map(certificates),
  revocations: inFolder('revocations').map((file) => base64(readFileSync(file))),
};

let verifier: WebAssembly.Module;
beforeAll(async () => {
  verifier = await WebAssembly.compile(readFileSync(here('web/wasm/verify.wasm')));
});

test.each(outcomes)('$case as $form: $result', async ({ file, result, genuine, gbResult, reasons }) => {
  const said = await run(verifier, { ...trust, content: base64(readFileSync(here(`${MATRIX}/${file}`))), at, lang: 'en' });
  expect(said?.report, JSON.stringify(said)).toBeDefined();
  const report = said!.report!;
  expect([report.result, report.genuine, report.gbResult, report.reasons.map(({ code }) => code)]).toEqual([result, genuine, gbResult, reasons]);
});

test('what is no certificate is unreadable, and a question that is none breaks nothing', async () => {
  expect((await run(verifier, { anchors: [], content: btoa('GIF89a'), at, lang: 'zh' }))?.unreadable).toMatch(/既不是/);
  expect((await run(verifier, {}))?.fault).toMatch(/content/);
});
