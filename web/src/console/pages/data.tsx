// A certificate's own data, as its type names them.

import type { ComponentChildren } from 'preact';
import type { ShownField } from '../form/fields';
import { Picture } from '../form/form';
import { Facts, Status } from '../parts/facts';
import { Table } from '../parts/table';
import { to } from '../route';
import { bracketed, spoken, t } from '../words';

type Members = Record<string, unknown>;

export function Data({ fields, data }: { fields: ShownField[]; data: Members }) {
  const own = fields.filter(({ kind }) => kind !== 'relation');
  const related = fields.filter(({ kind }) => kind === 'relation');
  return (
    <>
      <Facts list={own.map((field) => [titleOf(field), shown(field, data[field.name])])} />
      {related.map((field) => {
        const list = ([data[field.name] ?? []].flat() as { id: string; number: string; typeName: string; status: string }[]).filter((one) => one?.id);
        return list.length === 0 ? null : (
          <div key={field.name}>
            <h3>{titleOf(field)}</h3>
            <ul class="related">
              {list.map((one) => (
                <li key={one.id}>
                  <a href={to('certificates', one.id)}>{one.number}</a> {one.typeName} <Status of={one.status} />
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </>
  );
}

const titleOf = (field: ShownField): string => (spoken.value === 'en' ? field.en : field.zh);

function shown(field: ShownField, value: unknown): ComponentChildren {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return null;
  if (Array.isArray(value)) {
    if (field.kind === 'object' && field.members.every(({ kind, list }) => kind !== 'object' && !list)) return <Rows field={field} rows={value as Members[]} />;
    if (field.kind === 'object') return <ol class="items">{value.map((item, index) => <li key={index}><Data fields={field.members} data={(item ?? {}) as Members} /></li>)}</ol>;
    return value.map((item, index) => <span key={index}>{index > 0 && '；'}{shown({ ...field, list: false }, item)}</span>);
  }
  switch (field.kind) {
    case 'code': {
      const { code, label } = value as { code: string; label: string | null };
      return label ? bracketed(label, code) : code;
    }
    case 'picture':
      return <Picture of={String(value)} title={titleOf(field)} />;
    case 'object':
      return <Data fields={field.members} data={value as Members} />;
    default:
      return typeof value === 'boolean' ? (value ? t('是', 'yes') : t('否', 'no')) : String(value);
  }
}

/** A list of objects that hold plain values: rows. */
function Rows({ field, rows }: { field: ShownField; rows: Members[] }) {
  return (
    <div class="rows">
      <Table<{ row: Members; index: number }>
        caption={titleOf(field)}
        rows={rows.map((row, index) => ({ row, index }))}
        id={({ index }) => String(index)}
        columns={field.members.map((member) => ({ name: titleOf(member), cell: ({ row }) => shown(member, row[member.name]) ?? '—' }))}
      />
    </div>
  );
}
