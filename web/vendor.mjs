// Writes public/assets/graphiql and the licences of what the console bundles from the npm packages of package-lock.json; with --check only compares.
// The files are committed, so that building the hub needs no Node.js and browsers need no internet.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const source = (path) => readFileSync(here(`node_modules/${path}`), 'utf8');

// The source maps are several times the size of the code.
const withoutSourceMap = (text) => text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n');

// GraphiQL embeds Roboto and Fira Code as data: URLs. They have no Chinese glyphs, weigh two thirds of the file and
// would need `font-src data:` in the Content-Security-Policy; the systems' own fonts serve.
const withoutFonts = (css) => css.replace(/@font-face\s*\{[^}]*\}/g, '');

// What graphiql.min.js bundles, found in its source map.
function bundled() {
  const map = JSON.parse(source('graphiql/graphiql.min.js.map'));
  const names = new Set(['react', 'react-dom', 'graphiql', '@graphiql/react', '@graphiql/toolkit', 'codemirror-graphql', 'graphql-language-service']);
  for (const file of map.sources) {
    const match = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file);
    if (match) names.add(match[1]);
  }
  return [...names].sort();
}

// The licence texts that must travel with the code, equal ones once.
function licences(packages) {
  const texts = new Map();
  for (const name of packages) {
    const folder = here(`node_modules/${name}`);
    if (!existsSync(folder)) continue; // bundled by its maker but no dependency; named in NOTICE
    const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(`${folder}/${file}`, 'utf8').replaceAll('\r\n', '\n').trim() : `Licence: ${license} (the package holds no text of it)`;
    texts.set(text, [...(texts.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  return [...texts].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`).join(`\n${'-'.repeat(80)}\n\n`);
}

// What dist holds of others.
const CONSOLE = ['preact', '@preact/signals', '@preact/signals-core', 'echarts', 'zrender', 'tslib', 'pdfjs-dist'];

const files = {
  'graphiql/react.production.min.js': withoutSourceMap(source('react/umd/react.production.min.js')),
  'graphiql/react-dom.production.min.js': withoutSourceMap(source('react-dom/umd/react-dom.production.min.js')),
  'graphiql/graphiql.min.js': withoutSourceMap(source('graphiql/graphiql.min.js')),
  'graphiql/graphiql.min.css': withoutFonts(source('graphiql/graphiql.min.css')),
  'graphiql/LICENSES.txt': licences(bundled()),
  'console/LICENSES.txt': licences(CONSOLE),
};

if (process.argv.includes('--check')) {
  const wrong = Object.entries(files).filter(([name, text]) => readFileSync(here(`public/assets/${name}`), 'utf8') !== text);
  for (const [name] of wrong) console.error(`public/assets/${name} is not what its package holds: run "npm run vendor" in web/`);
  if (wrong.length === 0) console.log(`${Object.keys(files).length} vendored files equal their packages`);
  process.exitCode = wrong.length ? 1 : 0;
} else {
  for (const folder of ['graphiql', 'console']) mkdirSync(here(`public/assets/${folder}`), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(here(`public/assets/${name}`), text);
}
