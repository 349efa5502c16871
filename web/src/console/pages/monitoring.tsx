// How much is issued, what is in force, and what ends soon.

import { useState } from 'preact/hooks';
import type { CatalogueType } from '../catalogue';
import { Chart } from '../parts/chart';
import { type Loaded, Shown, useLoaded } from '../parts/loaded';
import { day, days, months } from '../days';
import { byDay, byMonth, byStatus, type Counted, counted, ending } from '../statistics';
import { statusColour, statusWord, STATUSES, t } from '../words';
import { Heading } from './heading';

const DAYS = 30;
const MONTHS = 12;

interface All {
  types: CatalogueType[];
  monthly: Counted[];
  status: Counted[];
  ends: Counted[];
}

async function all(): Promise<All> {
  const types = await counted();
  // First alone: it asks for the purpose where one is needed.
  const status = await byStatus(types);
  const [monthly, ends] = await Promise.all([byMonth(types, `${months(MONTHS, MONTHS - 1)[0]}-01`), ending(types, day(), day(-MONTHS * 31))]);
  return { types, monthly, status, ends };
}

export function Monitoring() {
  const found = useLoaded(all, []);
  return (
    <>
      <Heading title={t('运行监测', 'Monitoring')} about={t('由各类型的统计字段得出；只含当前身份可读的类型。', 'From the statistics fields of the types that the present identity reads.')}>
        <button type="button" onClick={found.again}>{t('刷新', 'Refresh')}</button>
      </Heading>
      <Charts found={found} />
    </>
  );
}

const sum = (list: Counted[], key: string): number => list.reduce((total, { by }) => total + (by.get(key) ?? 0), 0);

function Charts({ found }: { found: Loaded<All> }) {
  return (
    <Shown of={found}>
      {({ types, monthly, status, ends }) => {
        const total = status.reduce((count, { by }) => count + [...by.values()].reduce((one, other) => one + other, 0), 0);
        const past = months(MONTHS, MONTHS - 1);
        const coming = months(MONTHS, 0);
        const held = status.filter(({ by }) => by.size > 0);
        const there = STATUSES.filter((one) => sum(status, one) > 0);
        return (
          <>
            <ul class="tiles">
              <Tile name={t('证照总数', 'Certificates')} value={total} />
              <Tile name={t('有效', 'Valid')} value={sum(status, 'VALID')} />
              <Tile name={t('本月签发', 'Issued this month')} value={sum(monthly, past[past.length - 1] ?? '')} />
              <Tile name={t('本月到期', 'End this month')} value={sum(ends, coming[0] ?? '')} />
              <Tile name={t('暂停', 'Suspended')} value={sum(status, 'SUSPENDED')} />
              <Tile name={t('撤销与注销', 'Revoked, cancelled')} value={sum(status, 'REVOKED') + sum(status, 'CANCELLED')} />
            </ul>
            <Daily types={types} first={monthly.find(({ by }) => by.has(past[past.length - 1] ?? ''))?.type.name ?? types[0]?.name ?? ''} />
            <section class="card">
              <Chart
                title={t(`近 ${MONTHS} 个月各类型签发量`, `Issued in the last ${MONTHS} months, by type`)}
                kind="bar"
                stacked
                names={past}
                series={monthly.filter(({ by }) => past.some((month) => by.has(month))).map(({ type, by }) => ({ name: type.title, values: past.map((month) => by.get(month) ?? 0) }))}
              />
            </section>
            <div class="columns">
              <section class="card">
                <Chart
                  title={t('各类型按状态', 'Each type by status')}
                  kind="bar"
                  stacked
                  lying
                  names={held.map(({ type }) => type.title)}
                  series={there.map((one) => ({ name: statusWord(one), colour: statusColour(one), values: held.map(({ by }) => by.get(one) ?? 0) }))}
                />
              </section>
              <section class="card">
                <Chart title={t(`今后 ${MONTHS} 个月到期`, `Ending in the next ${MONTHS} months`)} kind="bar" names={coming} series={[{ name: t('到期', 'end'), values: coming.map((month) => sum(ends, month)) }]} />
              </section>
            </div>
          </>
        );
      }}
    </Shown>
  );
}

function Daily({ types, first }: { types: CatalogueType[]; first: string }) {
  const [name, setName] = useState(first);
  const type = types.find((one) => one.name === name);
  const dates = days(DAYS);
  const found = useLoaded(async () => (type ? byDay(type, dates) : []), [name]);
  return (
    <section class="card">
      <label class="field short">
        <span>{t('证照类型', 'Type')}</span>
        <select name="daily-type" value={name} onChange={(event) => setName(event.currentTarget.value)}>
          {types.map((one) => <option key={one.name} value={one.name}>{one.title}</option>)}
        </select>
      </label>
      <Shown of={found}>
        {(values) => <Chart title={t(`近 ${DAYS} 日每日签发：${type?.title ?? ''}`, `Issued each day of the last ${DAYS}: ${type?.title ?? ''}`)} kind="line" names={dates} series={[{ name: t('签发', 'issued'), values }]} />}
      </Shown>
    </section>
  );
}

const Tile = ({ name, value }: { name: string; value: number }) => (
  <li class="card tile">
    <span>{name}</span>
    <b>{value.toLocaleString()}</b>
  </li>
);
