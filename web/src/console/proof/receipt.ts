// Recomputes the proof that an event stands in the log (docs/log.md): commitment, leaf, path, root. Whose signature the checkpoint
// bears is not judged here; `zhengzhao log verify --receipt` does that with roots of one's own.

import { hex, sm3, unhex } from './sm3';

export interface Checkpoint {
  origin: string;
  size: number;
  /** Base64. */
  root: string;
  /** Names of the keys that signed. */
  signers: string[];
}

export interface Receipt {
  v: number;
  leaf: string;
  index: number;
  treeSize: number;
  path: string[];
  checkpoint: string;
  salt?: string;
}

/** Reads the text of a checkpoint. Throws where it is none. */
export function checkpoint(text: string): Checkpoint {
  const [body = '', signatures = ''] = text.split('\n\n');
  const [origin = '', size = '', root = ''] = body.split('\n');
  if (!origin || !/^\d{1,15}$/.test(size) || !/^[A-Za-z0-9+/]{43}=$/.test(root)) throw new Error('this is no checkpoint');
  const signers = signatures.split('\n').flatMap((line) => (line.startsWith('— ') ? [line.slice(2, line.lastIndexOf(' '))] : []));
  return { origin, size: Number(size), root, signers };
}

export interface Step {
  name: 'event' | 'size' | 'path';
  holds: boolean;
}

/** What of a receipt holds, recomputed from the event's bytes. */
export function recomputed(event: string, receipt: Receipt): Step[] {
  const { size, root } = checkpoint(receipt.checkpoint);
  return [
    { name: 'event', holds: receipt.salt !== undefined && leafOf(event, receipt.salt) === receipt.leaf },
    { name: 'size', holds: size === receipt.treeSize && receipt.index >= 0 && receipt.index < size },
    { name: 'path', holds: rootOf(receipt) === hex(fromBase64(root)) },
  ];
}

function leafOf(event: string, salt: string): string {
  const commitment = sm3(joined(utf8('zhengzhao/log/event/v1\n'), unhex(salt), utf8(event)));
  return hex(sm3(joined(Uint8Array.of(0), commitment)));
}

/** RFC 9162, 2.1.3.2; null where the path is too long or too short. */
function rootOf({ leaf, index, treeSize, path }: Receipt): string | null {
  let at = BigInt(index);
  let last = BigInt(treeSize) - 1n;
  let hash = unhex(leaf);
  for (const sibling of path) {
    if (last === 0n) return null;
    if (at % 2n === 1n || at === last) {
      hash = sm3(joined(Uint8Array.of(1), unhex(sibling), hash));
      while (at % 2n === 0n && at !== 0n) {
        at /= 2n;
        last /= 2n;
      }
    } else hash = sm3(joined(Uint8Array.of(1), hash, unhex(sibling)));
    at /= 2n;
    last /= 2n;
  }
  return last === 0n ? hex(hash) : null;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

function joined(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
