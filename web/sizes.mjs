// How heavy the element is, gzipped, as a table; fails when it is over its budget.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** KB of certificate-verify.js, which every page that embeds the element loads at once. */
const BUDGET = 60;

const files = [
  ['certificate-verify.js', 'with the page'],
  ['qr-decoder.js', 'with the first picture, where the browser reads no codes'],
  ['verify.wasm', 'once the hub has answered, for verifying without it'],
];
const weighed = files.map(([name, when]) => {
  const bytes = readFileSync(fileURLToPath(new URL(`dist/widget/${name}`, import.meta.url)));
  return { name, when, size: bytes.length / 1024, gzip: gzipSync(bytes, { level: 9 }).length / 1024 };
});
console.log('| file | KB | KB gzipped | loaded |\n| --- | --: | --: | --- |');
for (const { name, when, size, gzip } of weighed) console.log(`| ${name} | ${size.toFixed(1)} | ${gzip.toFixed(1)} | ${when} |`);
const [{ gzip }] = weighed;
if (gzip > BUDGET) {
  console.error(`certificate-verify.js weighs ${gzip.toFixed(1)} KB gzipped, over its budget of ${BUDGET} KB`);
  process.exitCode = 1;
}
