import { cellAnchor } from '../anchors.ts';
import { loadText } from '../deployment-names.ts';
import { usd } from '../format.ts';
import { byLoad, type LoadPoint } from '../load-points.ts';
import type { Spread } from '../spread.ts';
import { type DrawnDeployment, loadLabel } from './deployment-lines.ts';
import type { Figure } from './figure.ts';
import { categoryAxis, dollarAxis, grid, lineOf, whiskers } from './look.ts';

/** Dollars for a million output tokens at each load. Logarithmic: at little load everything is dear. */
export function costByLoad(drawn: readonly DrawnDeployment[]): Pick<Figure, 'options' | 'linkOf'> {
  const priced = drawn.map(({ name, points }) => ({ name, points: points.filter(hasCost) }));
  const all = priced.flatMap(({ points }) => points).sort(byLoad);
  const loads = [...new Set(all.map(loadLabel))];
  const at = (point: LoadPoint): number => loads.indexOf(loadLabel(point));
  const costs = all.map((point) => point.usdPerMillion.mean);
  return {
    options: (form) => ({
      grid: grid(form),
      xAxis: categoryAxis(all[0]?.concurrency === null ? 'requests sent per second' : 'concurrency', loads),
      yAxis: dollarAxis(costs),
      series: [
        ...priced.map(({ name, points }) => ({
          ...lineOf(name),
          data: points.map((point) => [at(point), point.usdPerMillion.mean]),
        })),
        ...priced.map(({ name, points }) =>
          whiskers(
            points.map((point) => ({ x: at(point), y: point.usdPerMillion })),
            name.look.colour,
          ),
        ),
      ],
    }),
    linkOf: (series, index) => {
      const point = priced[series]?.points[index];
      const name = priced[series]?.name;
      if (point?.rows[0] === undefined || name === undefined) return undefined;
      return {
        href: `#${cellAnchor(point.rows[0].cell_id)}`,
        title: `${name.letter}, ${loadText(point)}: ${usd(point.usdPerMillion.mean)} per million output tokens`,
      };
    },
  };
}

const hasCost = (point: LoadPoint): point is LoadPoint & { usdPerMillion: Spread } => point.usdPerMillion !== null;
