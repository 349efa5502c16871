// Puts the npm package together in the folder that is named; `npm publish` there does the rest.
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node npm/assemble.mjs FOLDER');
  process.exit(1);
}
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
mkdirSync(folder, { recursive: true });
for (const name of ['package.json', 'README.md', 'certificate-verify.d.ts']) copyFileSync(here(name), join(folder, name));
for (const name of ['certificate-verify.js', 'qr-decoder.js', 'verify.wasm']) copyFileSync(here(`../dist/widget/${name}`), join(folder, name));
