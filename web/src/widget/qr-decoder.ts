// Reads QR codes where the browser cannot. Loaded when the first picture comes.

import decodeQR from 'qr/decode.js';
import type { Pixels } from './lazy';

/** The text of the code on a picture; null where none is found. */
export function decode(pixels: Pixels): string | null {
  for (const change of [same, stretched, sharpened]) {
    try {
      const text = decodeQR(change(pixels));
      if (text) return text;
    } catch {
      // none found this way
    }
  }
  return null;
}

const same = (pixels: Pixels): Pixels => pixels;

/** Grey values from the darkest to the brightest percent over the whole range: a photograph in poor light. */
function stretched({ width, height, data }: Pixels): Pixels {
  const grey = greys(data);
  const counts = new Uint32Array(256);
  for (const value of grey) counts[value] = (counts[value] ?? 0) + 1;
  const bound = (from: number, step: number): number => {
    let seen = 0;
    let value = from;
    while (value >= 0 && value < 256 && (seen += counts[value] ?? 0) < grey.length / 100) value += step;
    return value;
  };
  const [dark, bright] = [bound(0, 1), bound(255, -1)];
  const range = Math.max(1, bright - dark);
  return picture(width, height, (at) => (((grey[at] ?? 0) - dark) * 255) / range);
}

/** What differs from its surroundings stands out: a photograph out of focus. */
function sharpened(pixels: Pixels): Pixels {
  const { width, height } = pixels;
  const grey = greys(stretched(pixels).data);
  const radius = Math.max(2, Math.round(Math.min(width, height) / 300));
  const soft = blurred(grey, width, height, radius);
  return picture(width, height, (at) => (grey[at] ?? 0) * 3 - (soft[at] ?? 0) * 2);
}

function greys(data: Uint8ClampedArray): Uint8ClampedArray {
  const grey = new Uint8ClampedArray(data.length / 4);
  for (let at = 0; at < grey.length; at += 1) {
    grey[at] = ((data[at * 4] ?? 0) * 299 + (data[at * 4 + 1] ?? 0) * 587 + (data[at * 4 + 2] ?? 0) * 114) / 1000;
  }
  return grey;
}

function picture(width: number, height: number, value: (at: number) => number): Pixels {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let at = 0; at < width * height; at += 1) {
    const grey = value(at);
    data[at * 4] = grey;
    data[at * 4 + 1] = grey;
    data[at * 4 + 2] = grey;
    data[at * 4 + 3] = 255;
  }
  return { width, height, data };
}

/** Means over a square, along the rows and then along the columns. */
function blurred(grey: Uint8ClampedArray, width: number, height: number, radius: number): Float32Array {
  const rows = new Float32Array(grey.length);
  const both = new Float32Array(grey.length);
  means(grey, rows, height, width, width, 1, radius);
  means(rows, both, width, height, 1, width, radius);
  return both;
}

function means(from: ArrayLike<number>, to: Float32Array, lines: number, length: number, line: number, step: number, radius: number): void {
  for (let at = 0; at < lines; at += 1) {
    const start = at * line;
    const read = (index: number): number => from[start + Math.min(length - 1, Math.max(0, index)) * step] ?? 0;
    let sum = 0;
    for (let index = -radius; index <= radius; index += 1) sum += read(index);
    for (let index = 0; index < length; index += 1) {
      to[start + index * step] = sum / (2 * radius + 1);
      sum += read(index + radius + 1) - read(index - radius);
    }
  }
}
