// Curves and bars, and the same numbers as a table for who does not see them.

import { useEffect, useRef } from 'preact/hooks';
import { spoken, t } from '../words';

export interface Series {
  name: string;
  values: number[];
  /** Where the colour itself says something. */
  colour?: string;
}

interface Properties {
  title: string;
  kind: 'line' | 'bar';
  /** Bars upon one another. */
  stacked?: boolean;
  /** Bars lie: for long names. */
  lying?: boolean;
  names: string[];
  series: Series[];
}

/** Told apart in print as well: from dark to light and back. */
const COLOURS = ['#1456b8', '#c45a00', '#1b7f4b', '#7a3fa0', '#b3261e', '#00778a', '#8a6d00', '#4a5568', '#c2327d', '#3c6e00', '#5b61c9', '#946239'];

export function Chart({ title, kind, stacked = false, lying = false, names, series }: Properties) {
  const place = useRef<HTMLDivElement>(null);
  const height = lying ? Math.max(220, names.length * 30 + 80) : 320;
  useEffect(() => {
    let gone = false;
    let clean = (): void => {};
    void import('./echarts').then(({ init }) => {
      if (gone || !place.current) return;
      const chart = init(place.current, null, { renderer: 'svg' });
      const categories = { type: 'category' as const, data: names, ...(lying ? { inverse: true } : {}), axisLabel: { color: '#4a5568', ...(lying ? { width: 150, overflow: 'truncate' as const } : { hideOverlap: true }) } };
      const amounts = { type: 'value' as const, minInterval: 1, axisLabel: { color: '#4a5568' }, splitLine: { lineStyle: { color: '#e6ebf2' } } };
      chart.setOption({
        color: COLOURS,
        animation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
        aria: { enabled: true, label: { description: title } },
        textStyle: { fontFamily: 'inherit' },
        grid: { left: 8, right: 16, top: series.length > 1 ? 40 : 16, bottom: 8, containLabel: true },
        tooltip: { trigger: 'axis', confine: true, axisPointer: { type: kind === 'bar' ? 'shadow' : 'line' } },
        ...(series.length > 1 ? { legend: { type: 'scroll', top: 0, textStyle: { color: '#1f2937' } } } : {}),
        xAxis: lying ? amounts : categories,
        yAxis: lying ? categories : amounts,
        series: series.map(({ name, values, colour }) => ({
          name,
          ...(colour ? { itemStyle: { color: colour } } : {}),
          type: kind,
          data: values,
          ...(stacked ? { stack: 'all' } : {}),
          ...(kind === 'line' ? { symbolSize: 6, lineStyle: { width: 2 }, areaStyle: series.length === 1 ? { opacity: 0.12 } : undefined } : { barMaxWidth: 26 }),
        })),
      } as Parameters<typeof chart.setOption>[0]);
      const observer = new ResizeObserver(() => chart.resize());
      observer.observe(place.current);
      clean = () => {
        observer.disconnect();
        chart.dispose();
      };
    });
    return () => {
      gone = true;
      clean();
    };
  }, [title, JSON.stringify(names), JSON.stringify(series), spoken.value]);
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div ref={place} class="drawing" role="img" aria-label={title} style={{ height: `${height}px` }} />
      <details>
        <summary>{t('数据表', 'As a table')}</summary>
        <div class="wide-table" tabIndex={0} role="region" aria-label={title}>
          <table class="numbers">
            <thead>
              <tr>
                <td />
                {series.map(({ name }) => <th key={name} scope="col">{name}</th>)}
              </tr>
            </thead>
            <tbody>
              {names.map((name, place) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {series.map(({ name: of, values }) => <td key={of}>{values[place] ?? 0}</td>)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
