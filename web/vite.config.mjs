// Pages, and the server to develop them with: it hands what the hub answers on to a running one, HUB=http://127.0.0.1:8080.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { input, pages, root } from './pages.config.mjs';

const hub = process.env.HUB ?? 'http://127.0.0.1:8080';
const answered = ['/graphql', '/.well-known', '/demo.json', '/certificates', '/docs', '/share', '/log', '/readyz', '/oauth'];

// The addresses under which the hub serves the pages.
const served = [
  [/^\/(\?.*)?$/, pages.home],
  [/^\/verify\//i, pages.verify],
  [/^\/holder(\?.*)?$/, pages.holder],
  [/^\/graphiql(\?.*)?$/, pages.graphiql],
  [/^\/widget\/?(\?.*)?$/, pages.widget],
  [/^\/widget\/frame(\?.*)?$/, pages.frame],
  [/^\/console(\/|\?|$)/, pages.console],
];

const asTheHubDoes = {
  name: 'as-the-hub-does',
  configureServer(server) {
    server.middlewares.use((request, _, next) => {
      const page = served.find(([address]) => address.test(request.url ?? ''))?.[1];
      const ownFile = /\.\w+(\?.*)?$/.test(request.url ?? '') && request.url?.startsWith('/console/');
      if (page && !ownFile) request.url = `/${page}/index.html`;
      next();
    });
  },
};

export default defineConfig({
  root,
  publicDir: fileURLToPath(new URL('public', import.meta.url)),
  plugins: [asTheHubDoes],
  // The documents' samples are read by tests.
  server: { fs: { allow: [fileURLToPath(new URL('..', import.meta.url))] }, proxy: Object.fromEntries(answered.map((path) => [path, { target: hub, changeOrigin: true }])) },
  build: {
    outDir: fileURLToPath(new URL('dist', import.meta.url)),
    emptyOutDir: true,
    copyPublicDir: false, // the hub embeds public itself
    target: 'es2021',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // the pages' policy allows no data: but pictures
    reportCompressedSize: false,
    rollupOptions: {
      input,
      output: {
        // Scripts only: the console has a style of its own.
        manualChunks: (id) => (id.startsWith(`${root}/shared/`) && id.endsWith('.ts') ? 'shared' : undefined),
        // No digest in a name: the hub sends each file's own as ETag, and replicas of two releases can stand side by side.
        entryFileNames: 'assets/[name].js',
        chunkFileNames: 'assets/[name].js',
        assetFileNames: 'assets/[name][extname]',
      },
    },
  },
  worker: { format: 'es', rollupOptions: { output: { entryFileNames: 'assets/[name].js' } } },
  test: { root, include: ['**/*.test.ts'], environment: 'node' },
});
