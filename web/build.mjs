// Writes dist, which is committed and which the hub embeds; with --check builds elsewhere and compares byte by byte.
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const committed = here('dist');

async function write(folder) {
  await build({ configFile: here('vite.config.mjs'), logLevel: 'warn', build: { outDir: folder } });
}

function files(folder, within = folder) {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? files(path, within) : [relative(within, path)]))
    .sort();
}

function differences(made) {
  const names = [...new Set([...files(made), ...files(committed)])];
  const bytes = (folder, name) => {
    try {
      return readFileSync(join(folder, name));
    } catch {
      return null;
    }
  };
  return names.filter((name) => {
    const [one, other] = [bytes(made, name), bytes(committed, name)];
    return !one || !other || !one.equals(other);
  });
}

if (process.argv.includes('--check')) {
  const made = mkdtempSync(join(tmpdir(), 'zhengzhao-web-'));
  try {
    await write(made);
    const wrong = differences(made);
    for (const name of wrong) console.error(`dist/${name} is not what the source builds: run "npm run build" in web/`);
    if (wrong.length === 0) console.log(`${files(made).length} built files equal those in dist`);
    process.exitCode = wrong.length ? 1 : 0;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
} else {
  await write(committed);
  console.log(`dist: ${files(committed).length} files`);
}
