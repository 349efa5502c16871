// A form made from a type's input. Each fault the hub finds stands at its field.

import { useId } from 'preact/hooks';
import { base64 } from '../pages/seal-form';
import { spoken, t } from '../words';
import type { FormField } from './fields';
import { named, type Path, put, type Tree, type Value } from './values';

interface Shared {
  tree: Tree;
  change: (tree: Tree) => void;
  /** By path, as the hub names it. */
  faults: Map<string, string[]>;
  /** What the paths of faults begin with. */
  root: string;
}

interface Properties extends Shared {
  list: FormField[];
}

export function Form({ list, ...shared }: Properties) {
  return (
    <div class="form">
      {list.map((field) => <Member key={field.name} field={field} value={shared.tree[field.name]} path={[field.name]} {...shared} />)}
    </div>
  );
}

interface MemberProperties extends Shared {
  field: FormField;
  value: Value;
  path: Path;
}

const titleOf = (field: FormField): string => (spoken.value === 'en' ? field.en : field.zh);

function Member({ field, value, path, ...shared }: MemberProperties) {
  if (field.list) return <List field={field} value={value} path={path} {...shared} />;
  if (field.members) {
    const inner = value && typeof value === 'object' && !Array.isArray(value) ? value : {};
    return (
      <fieldset>
        <legend>{titleOf(field)}</legend>
        <Faults of={shared.faults.get(`${shared.root}.${named(path)}`)} />
        <div class="form">
          {field.members.map((member) => <Member key={member.name} field={member} value={inner[member.name]} path={[...path, member.name]} {...shared} />)}
        </div>
      </fieldset>
    );
  }
  return <Single field={field} value={value} path={path} {...shared} />;
}

function List({ field, value, path, ...shared }: MemberProperties) {
  const list = Array.isArray(value) ? value : [];
  const set = (items: Value[]): void => shared.change(put(shared.tree, path, items));
  return (
    <fieldset class="list">
      <legend>{titleOf(field)}{t('（可多项）', ' (several)')}</legend>
      <Faults of={shared.faults.get(`${shared.root}.${named(path)}`)} />
      {list.map((item, index) => (
        <div class="item" key={index}>
          <Member field={{ ...field, list: false, zh: `${field.zh} ${index + 1}`, en: `${field.en} ${index + 1}` }} value={item} path={[...path, index]} {...shared} />
          <button type="button" class="quiet" onClick={() => set(list.filter((_, other) => other !== index))} aria-label={t(`删除${field.zh}第 ${index + 1} 项`, `Remove ${field.en} ${index + 1}`)}>
            {t('删除', 'Remove')}
          </button>
        </div>
      ))}
      <button type="button" onClick={() => set([...list, field.members ? {} : ''])}>{t(`增加一项${field.zh}`, `Add ${field.en}`)}</button>
    </fieldset>
  );
}

const KIND: Record<string, string> = { Date: 'date' };

function Single({ field, value, path, tree, change, faults, root }: MemberProperties) {
  const id = useId();
  const found = faults.get(`${root}.${named(path)}`);
  const text = typeof value === 'string' ? value : '';
  const set = (given: string): void => change(put(tree, path, given));
  const common = {
    id,
    name: named(path),
    'aria-invalid': found ? true : undefined,
    'aria-required': field.required || undefined,
    'aria-describedby': `${id}-about`,
  };
  const about = [field.table && t(`代码表 ${field.table}`, `codes: ${field.table}`), field.note].filter(Boolean).join(t('；', '; '));
  return (
    <div class={found ? 'field faulty' : 'field'}>
      <label for={id}>
        {titleOf(field)}
        {field.required && <span class="required">{t('必填', 'required')}</span>}
      </label>
      {field.choices || field.scalar === 'Boolean' ? (
        <select {...common} value={text} onChange={(event) => set(event.currentTarget.value)}>
          <option value="">{t('不填', 'not given')}</option>
          {(field.choices ?? [{ value: 'true', label: t('是', 'yes') }, { value: 'false', label: t('否', 'no') }]).map((choice) => <option key={choice.value} value={choice.value}>{choice.label}</option>)}
        </select>
      ) : field.scalar === 'Base64' ? (
        <>
          <input
            {...common}
            type="file"
            accept="image/png,image/jpeg"
            onChange={(event) => {
              const chosen = event.currentTarget.files?.[0];
              if (chosen) void base64(chosen).then(set);
            }}
          />
          {text && <Picture of={text} title={titleOf(field)} />}
        </>
      ) : (
        <input {...common} type={KIND[field.scalar] ?? 'text'} value={text} autoComplete="off" placeholder={field.scalar === 'DateTime' ? '2026-01-01T09:00:00+08:00' : undefined} onInput={(event) => set(event.currentTarget.value)} />
      )}
      <div id={`${id}-about`}>
        <Faults of={found} />
        {about && <p class="fine">{about}</p>}
      </div>
    </div>
  );
}

function Faults({ of }: { of: string[] | undefined }) {
  return of ? <>{of.map((message) => <p class="fault" key={message}>{message}</p>)}</> : null;
}

/** A picture that came in Base64: PNG or JPEG, by its first bytes. */
export function Picture({ of, title }: { of: string; title: string }) {
  const kind = of.startsWith('iVBORw0KGgo') ? 'png' : of.startsWith('/9j/') ? 'jpeg' : null;
  return kind ? <img class="portrait" src={`data:image/${kind};base64,${of}`} alt={title} /> : <span class="fine">{t('二进制内容', 'binary')}（{Math.floor((of.length * 3) / 4)} B）</span>;
}
