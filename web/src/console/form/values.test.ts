import { describe, expect, it } from 'vitest';
import type { FormField } from './fields';
import { input, named, put, tree } from './values';

const field = (name: string, more: Partial<FormField> = {}): FormField => ({
  name, zh: name, en: name, table: null, note: '', required: false, scalar: 'String', list: false, choices: null, members: null, ...more,
});

const FIELDS = [
  field('name'),
  field('area', { scalar: 'Float' }),
  field('chilled', { scalar: 'Boolean' }),
  field('price', { scalar: 'Decimal' }),
  field('tags', { list: true }),
  field('items', { list: true, members: [field('title'), field('count', { scalar: 'Int' })] }),
  field('address', { members: [field('city')] }),
];

describe('a form', () => {
  it('gives as input what a type’s example holds', () => {
    const data = { name: '甲', area: 12.5, chilled: false, price: '1.10', tags: ['一', '二'], items: [{ title: 'a', count: 2 }, { title: 'b' }], address: { city: '测' } };
    expect(input(FIELDS, tree(FIELDS, data))).toEqual(data);
  });
  it('leaves out what is empty, and keeps the places of a list', () => {
    expect(input(FIELDS, { name: ' ', address: { city: '' }, items: [], tags: ['', '二'] })).toEqual({ tags: ['', '二'] });
  });
  it('sends what is no number as it was written, for the hub to judge', () => {
    expect(input(FIELDS, { area: '十二' })).toEqual({ area: '十二' });
  });
  it('changes one place and nothing else', () => {
    const before = { items: [{ title: 'a' }, { title: 'b' }], name: '甲' };
    expect(put(before, ['items', 1, 'title'], 'c')).toEqual({ items: [{ title: 'a' }, { title: 'c' }], name: '甲' });
    expect(before.items[1]?.title).toBe('b');
    expect(put({}, ['items', 0, 'title'], 'x')).toEqual({ items: [{ title: 'x' }] });
  });
  it('names a place as the hub’s faults do', () => {
    expect(named(['items', 0, 'title'])).toBe('items[0].title');
  });
});
