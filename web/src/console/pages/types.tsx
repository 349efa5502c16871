import { useState } from 'preact/hooks';
import { type CatalogueType, catalogue } from '../catalogue';
import { Code, Tag } from '../parts/facts';
import { Shown, useLoaded } from '../parts/loaded';
import { Table } from '../parts/table';
import { to } from '../route';
import { identity } from '../signin';
import { t, typeStateTone, typeStateWord } from '../words';
import { Heading } from './heading';

export function Types() {
  const found = useLoaded(catalogue, []);
  const [wanted, setWanted] = useState('');
  const registers = identity.value?.rights.mutations.has('registerCertificateType');
  const fits = (type: CatalogueType): boolean => `${type.title} ${type.name} ${type.typeCode} ${type.definingAuthority}`.toLowerCase().includes(wanted.trim().toLowerCase());
  return (
    <>
      <Heading title={t('证照类型', 'Certificate types')} about={t('每个类型是一个文件：登记即生效，无须改程序。', 'A type is a file: live as soon as it is registered.')}>
        {registers && <a class="button primary" href={to('types', '+')}>{t('登记类型文件', 'Register a type file')}</a>}
      </Heading>
      <section class="card">
        <label class="field short">
          <span>{t('筛选', 'Filter')}</span>
          <input type="search" value={wanted} placeholder={t('名称、代码或定义机构', 'Name, code or authority')} onInput={(event) => setWanted(event.currentTarget.value)} />
        </label>
        <Shown of={found}>
          {(types) => (
            <Table
              caption={t('证照类型', 'Certificate types')}
              rows={types.filter(fits)}
              id={({ name }) => name}
              empty={t('没有符合的类型', 'No type fits')}
              columns={[
                { name: t('名称', 'Title'), cell: (type) => <a href={to('types', type.name)}>{type.title}</a> },
                {
                  name: t('类型代码', 'Code'),
                  cell: (type) => (
                    <>
                      <Code>{type.typeCode}</Code>
                      {type.typeCodeGrade === 'demo' && <> <Tag tone="warn">{t('演示代码', 'demo')}</Tag></>}
                    </>
                  ),
                },
                { name: t('接口名', 'API name'), cell: (type) => <Code>{type.name}</Code> },
                { name: t('定义机构', 'Defined by'), cell: (type) => type.definingAuthority },
                { name: t('版本', 'Version'), cell: (type) => type.version },
                { name: t('状态', 'State'), cell: (type) => <Tag tone={typeStateTone(type.state)}>{typeStateWord(type.state)}</Tag> },
              ]}
            />
          )}
        </Shown>
      </section>
    </>
  );
}
