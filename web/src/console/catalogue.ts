// The catalogue of types, as every page needs it.

import { query } from './hub';

export interface CatalogueType {
  name: string;
  plural: string;
  title: string;
  typeCode: string;
  typeCodeGrade: string | null;
  version: string;
  state: string;
  definingAuthority: string;
}

export async function catalogue(): Promise<CatalogueType[]> {
  const { certificateTypes } = await query<{ certificateTypes: CatalogueType[] }>(
    '{ certificateTypes { name plural title typeCode typeCodeGrade version state definingAuthority } }',
  );
  return certificateTypes;
}
