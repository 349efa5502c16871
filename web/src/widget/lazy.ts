// What is loaded only when it is needed: the decoder of pictures, and the verifier for when the hub cannot be reached. Both lie beside
// the element's own file, and are taken only if they are, byte for byte, those it was built with.

import type { Hub } from './hub';

declare const __DECODER_INTEGRITY__: string;
declare const __WASM_INTEGRITY__: string;

const DECODER = 'qr-decoder.js';
const WASM = 'verify.wasm';

/** Beside this file; where it was bundled into somebody's own, on the hub. */
function beside(name: string, hub: Hub): string {
  const here = import.meta.url;
  return /\/certificate-verify\.js(\?|$)/.test(here) ? new URL(name, here).href : `${hub.origin}/widget/v1/${name}`;
}

export interface Pixels {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}
export type Decode = (pixels: Pixels) => string | null;

let decoder: Promise<Decode> | null = null;

export function loadDecoder(hub: Hub): Promise<Decode> {
  decoder ??= load(beside(DECODER, hub)).catch((error: unknown) => {
    decoder = null;
    throw error;
  });
  return decoder;
}

/** An `import` alone takes whatever comes; a script element checks it first, and the import that follows is the same module. */
async function load(url: string): Promise<Decode> {
  await new Promise<void>((resolve, reject) => {
    const script = document.createElement('script');
    script.type = 'module';
    script.crossOrigin = 'anonymous';
    script.integrity = __DECODER_INTEGRITY__;
    script.src = url;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`${url} could not be loaded, or is not what this element was built with`));
    document.head.append(script);
    script.addEventListener('load', () => script.remove());
    script.addEventListener('error', () => script.remove());
  });
  return ((await import(/* @vite-ignore */ url)) as { decode: Decode }).decode;
}

let verifier: Promise<WebAssembly.Module> | null = null;

/** Rejects where the page's policy allows no WebAssembly ('wasm-unsafe-eval'). */
export function loadVerifier(hub: Hub): Promise<WebAssembly.Module> {
  verifier ??= fetch(beside(WASM, hub), { integrity: __WASM_INTEGRITY__, credentials: 'omit', mode: 'cors' })
    .then(async (response) => {
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      return WebAssembly.compile(await response.arrayBuffer());
    })
    .catch((error: unknown) => {
      verifier = null;
      throw error;
    });
  return verifier;
}
