import type { ComponentChildren } from 'preact';
import { t } from '../words';

export interface Column<Row> {
  name: string;
  cell: (row: Row) => ComponentChildren;
  /** Numbers stand at the right. */
  number?: boolean;
}

interface Properties<Row> {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  id: (row: Row) => string;
  empty?: string;
}

/** A table that becomes a list of cards on a phone: each cell carries its column's name. */
export function Table<Row>({ caption, columns, rows, id, empty }: Properties<Row>) {
  if (rows.length === 0) return <p class="empty">{empty ?? t('暂无数据', 'Nothing here')}</p>;
  return (
    <table class="table">
      <caption class="hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ name, number }) => (
            <th key={name} scope="col" class={number ? 'number' : ''}>{name}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={id(row)}>
            {columns.map(({ name, cell, number }) => (
              <td key={name} class={number ? 'number' : ''}>
                <span class="column" aria-hidden="true">{name}</span>
                <span class="cell">{cell(row)}</span>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
