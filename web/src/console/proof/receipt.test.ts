import { describe, expect, it } from 'vitest';
import event from '../../../../docs/samples/log/event.json?raw';
import receiptText from '../../../../docs/samples/log/receipt.json?raw';
import { checkpoint, type Receipt, recomputed } from './receipt';
import { hex, sm3 } from './sm3';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('SM3', () => {
  it('gives the digests of the standard’s examples', () => {
    expect(hex(sm3(bytes('abc')))).toBe('66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0');
    expect(hex(sm3(bytes('abcd'.repeat(16))))).toBe('debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732');
  });
  it('pads messages that fill a block, or nearly do', () => {
    const digests = [0, 54, 55, 56, 63, 64, 65].map((length) => hex(sm3(bytes('a'.repeat(length)))));
    expect(new Set(digests).size).toBe(digests.length);
    expect(digests[0]).toBe('1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b');
  });
});

describe('a receipt', () => {
  const receipt = JSON.parse(receiptText) as Receipt;
  const held = (event: string, receipt: Receipt): boolean[] => recomputed(event, receipt).map(({ holds }) => holds);

  it('of the documents holds', () => expect(held(event, receipt)).toEqual([true, true, true]));
  it('does not hold for another event', () => expect(held(`${event} `, receipt)[0]).toBe(false));
  it('does not hold at another place', () => expect(held(event, { ...receipt, index: receipt.index ^ 1 })[2]).toBe(false));
  it('does not hold with a path that is too short or too long', () => {
    expect(held(event, { ...receipt, path: receipt.path.slice(1) })[2]).toBe(false);
    expect(held(event, { ...receipt, path: [...receipt.path, receipt.leaf] })[2]).toBe(false);
  });
  it('does not hold for a tree of another size', () => expect(held(event, { ...receipt, treeSize: receipt.treeSize + 1 })[1]).toBe(false));
  it('has a checkpoint that reads', () => {
    expect(checkpoint(receipt.checkpoint).size).toBe(receipt.treeSize);
    expect(() => checkpoint('x\ny\nz\n\n')).toThrow();
  });
});
