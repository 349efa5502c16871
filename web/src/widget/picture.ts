// Pictures and camera frames to the text of the code on them.

import type { Hub } from './hub';
import { loadDecoder, type Pixels } from './lazy';

interface Detector {
  detect(source: ImageBitmapSource): Promise<{ rawValue: string }[]>;
}
interface Detectors {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

let built: Promise<Detector | null> | null = null;

/** The browser's own, where it has one that reads QR codes. */
function detector(): Promise<Detector | null> {
  built ??= (async () => {
    const own = (globalThis as { BarcodeDetector?: Detectors }).BarcodeDetector;
    try {
      return own && (await own.getSupportedFormats()).includes('qr_code') ? new own({ formats: ['qr_code'] }) : null;
    } catch {
      return null;
    }
  })();
  return built;
}

/** Longest sides that are tried: codes are found neither when too coarse nor when too fine. */
const SIDES = [1400, 900, 2200, 3400, 600];

/** The text of the code on a picture, null where none is found. Rejects when the bytes are no picture, or the decoder does not come. */
export async function readPicture(file: Blob, hub: Hub): Promise<string | null> {
  const bitmap = await createImageBitmap(file);
  try {
    const found = await (await detector())?.detect(bitmap).catch(() => []);
    if (found?.[0]) return found[0].rawValue;
    const decode = await loadDecoder(hub);
    const tried = new Set<number>();
    for (const side of SIDES) {
      // Small ones are also tried at twice their size.
      const scale = Math.min(side / Math.max(bitmap.width, bitmap.height), 2);
      if (tried.has(scale)) continue;
      tried.add(scale);
      await new Promise((resolve) => setTimeout(resolve)); // the page stays alive
      const text = decode(pixels(bitmap, Math.round(bitmap.width * scale), Math.round(bitmap.height * scale)));
      if (text) return text;
    }
    return null;
  } finally {
    bitmap.close();
  }
}

/** The text of the code in a camera's present frame. */
export async function readFrame(video: HTMLVideoElement, hub: Hub): Promise<string | null> {
  const own = await detector();
  if (own) return (await own.detect(video).catch(() => []))[0]?.rawValue ?? null;
  const decode = await loadDecoder(hub);
  const scale = Math.min(1, 900 / Math.max(video.videoWidth, video.videoHeight));
  return decode(pixels(video, Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)));
}

let canvas: HTMLCanvasElement | null = null;

function pixels(source: CanvasImageSource, width: number, height: number): Pixels {
  canvas ??= document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  context.drawImage(source, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}
