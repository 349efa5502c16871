import { describe, expect, it } from 'vitest';
import { isList, of, title, within } from './shapes';

describe('a description', () => {
  it('says the names, the code table, the remarks and whether it is required', () => {
    expect(title('sex', '性别（gender） / Sex; codes: Sex\n\n照面有此项（必填 / required）')).toEqual({ zh: '性别', en: 'Sex', table: 'Sex', note: '照面有此项', required: true });
    expect(title('legal', '法定代表人（主要负责人）（responsiblePerson） / Legal representative')).toMatchObject({ zh: '法定代表人（主要负责人）', required: false });
    expect(title('plain', null)).toMatchObject({ zh: 'plain', en: 'plain' });
  });
});

describe('a type reference', () => {
  const string = { kind: 'SCALAR', name: 'String', ofType: null };
  const list = { kind: 'LIST', name: null, ofType: { kind: 'NON_NULL', name: null, ofType: string } };
  it('is seen through', () => {
    expect(within(list)).toBe(string);
    expect(isList({ kind: 'NON_NULL', name: null, ofType: list })).toBe(true);
    expect(isList(string)).toBe(false);
  });
});

it('what a schema shows is what its token may', () => {
  const role = (queries: string[], mutations: string[]): string => of(new Set(queries), new Set(mutations)).role;
  expect(role(['certificates'], ['registerCertificateType'])).toBe('administrator');
  expect(role(['certificates'], ['revokeCertificate'])).toBe('issuer');
  expect(role(['certificates'], ['createUsageCopy'])).toBe('department');
  expect(role(['certificateTypes'], [])).toBe('nobody');
});
