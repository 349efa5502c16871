// The pages: where each one's source lies under src, which is where it lies under dist. src/http/pages.rs says at which address.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('src', import.meta.url));

/** A page is a folder with an index.html; the name is that of its script and style sheet under /assets. */
export const pages = {
  home: 'pages/home',
  verify: 'pages/verify',
  holder: 'pages/holder',
  graphiql: 'pages/graphiql',
  widget: 'pages/widget',
  frame: 'pages/frame',
  missing: 'pages/missing',
  console: 'console',
};

export const input = Object.fromEntries(
  Object.entries(pages)
    .map(([name, folder]) => [name, `${root}/${folder}/index.html`])
    .filter(([, file]) => existsSync(file)),
);
