import { lookOf } from '../deployment-names.ts';
import { usd } from '../format.ts';
import type { Figure } from './figure.ts';
import { categoryAxis, grid, lineOf, valueAxis, whiskers } from './look.ts';

export interface HistoryLine {
  letter: string;
  text: string;
  values: readonly { run: string; usdPerMillion: number; range: readonly [number, number] | null }[];
}

/** What a configuration cost in one run after the other. */
export function history(
  lines: readonly HistoryLine[],
  runs: readonly { run: string; day: string }[],
): Pick<Figure, 'options' | 'linkOf'> {
  const at = new Map(runs.map(({ run }, index) => [run, index]));
  const named = lines.map(({ letter }, index) => ({ letter, look: lookOf(index) }));
  return {
    options: (form) => ({
      grid: grid(form),
      xAxis: {
        ...categoryAxis(
          'run',
          runs.map(({ run }) => run),
        ),
        axisLabel: {
          ...categoryAxis('', []).axisLabel,
          formatter: (run: string) => runs[at.get(run) ?? 0]?.day ?? '',
        },
      },
      yAxis: { ...valueAxis('$ per million output tokens', 'y', (amount) => `$${amount}`), min: 0 },
      series: [
        ...lines.map(({ values }, index) => ({
          ...lineOf(named[index]!),
          data: values.map(({ run, usdPerMillion }) => [at.get(run) ?? 0, usdPerMillion]),
        })),
        ...lines.map(({ values }, index) =>
          whiskers(
            values.map(({ run, usdPerMillion, range }) => ({
              x: at.get(run) ?? 0,
              y: { mean: usdPerMillion, low: range?.[0] ?? usdPerMillion, high: range?.[1] ?? usdPerMillion },
            })),
            named[index]!.look.colour,
          ),
        ),
      ],
    }),
    linkOf: (series, index) => {
      const value = lines[series]?.values[index];
      if (value === undefined) return undefined;
      return {
        href: `${encodeURIComponent(value.run)}/report.html`,
        title: `${lines[series]?.letter}, run ${value.run}: ${usd(value.usdPerMillion)}`,
      };
    },
  };
}
