// Writes dist, which is committed and which the hub embeds; with --check builds elsewhere and compares byte by byte.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const committed = here('dist');

async function write(folder) {
  await build({ configFile: here('vite.config.mjs'), logLevel: 'warn', build: { outDir: folder } });
  await writeWidget(join(folder, 'widget'));
}

/** What the element loads later is built first: it carries their digests. */
async function writeWidget(folder) {
  mkdirSync(folder, { recursive: true });
  copyFileSync(here('wasm/verify.wasm'), join(folder, 'verify.wasm'));
  await script('qr-decoder', folder, {});
  await script('certificate-verify', folder, {
    __DECODER_INTEGRITY__: JSON.stringify(integrity(join(folder, 'qr-decoder.js'))),
    __WASM_INTEGRITY__: JSON.stringify(integrity(join(folder, 'verify.wasm'))),
  });
  // For the copy-and-paste page.
  writeFileSync(join(folder, 'integrity.json'), `${JSON.stringify({ 'certificate-verify.js': integrity(join(folder, 'certificate-verify.js')) })}\n`);
}

/** One file, whatever it imports. */
async function script(name, folder, define) {
  await build({
    configFile: false,
    root: here('src/widget'),
    logLevel: 'warn',
    define,
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: 'es2021',
      minify: 'esbuild',
      reportCompressedSize: false,
      modulePreload: false,
      rollupOptions: {
        input: here(`src/widget/${name}.ts`),
        preserveEntrySignatures: 'strict',
        output: { format: 'es', entryFileNames: `${name}.js`, inlineDynamicImports: true },
      },
    },
  });
}

/** As the attribute `integrity` wants it. */
function integrity(file) {
  return `sha384-${createHash('sha384').update(readFileSync(file)).digest('base64')}`;
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
