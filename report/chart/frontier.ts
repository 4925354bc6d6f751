import { cellAnchor } from '../anchors.ts';
import type { DeploymentName } from '../deployment-names.ts';
import { loadText } from '../deployment-names.ts';
import { latency, target, usd } from '../format.ts';
import { frontierOf, type LatencyView } from '../latency-view.ts';
import type { LoadPoint } from '../load-points.ts';
import { type DrawnDeployment, loadLabel } from './deployment-lines.ts';
import type { Figure } from './figure.ts';
import { dollarAxis, grid, INK, mark, targetLine, text, valueAxis } from './look.ts';

/** Which load points are worth a choice: those that no other beats in both latency and dollars. */
export function frontier(
  drawn: readonly DrawnDeployment[],
  view: LatencyView,
  targetMs: number | undefined,
): Pick<Figure, 'options' | 'linkOf'> {
  const nameOf = new Map<LoadPoint, DeploymentName>(drawn.flatMap(({ name, points }) => points.map((p) => [p, name])));
  const best = frontierOf([...nameOf.keys()], view);
  const at = (point: LoadPoint) => [view.of(point)?.mean ?? 0, point.usdPerMillion?.mean ?? 0];
  const priced = drawn.map(({ name, points }) => ({
    name,
    points: points.filter((one) => one.usdPerMillion !== null && view.of(one) !== null),
  }));
  const costs = priced.flatMap(({ points }) => points.map((one) => one.usdPerMillion?.mean ?? 0));
  const slowest = Math.max(0, ...priced.flatMap(({ points }) => points.map((one) => view.of(one)?.high ?? 0)));
  const [least, most] = [Math.min(...costs), Math.max(...costs)];
  return {
    options: (form) => ({
      grid: grid(form),
      xAxis: { ...valueAxis(`${view.statistic} request latency, s`, 'x', (ms) => String(ms / 1000)), min: 0 },
      yAxis: dollarAxis(costs),
      series: [
        ...priced.map(({ name, points }) => ({
          type: 'line',
          clip: false,
          ...mark(name.look),
          lineStyle: { opacity: 0 },
          data: points.map(at),
        })),
        {
          type: 'line',
          step: 'end',
          symbol: 'none',
          silent: true,
          z: 1,
          lineStyle: { color: INK, width: 1.5 },
          data: best.map((point) => ({
            value: at(point),
            symbol: 'circle',
            symbolSize: 18,
            itemStyle: { color: 'transparent', borderColor: INK, borderWidth: 1.5 },
          })),
          showSymbol: true,
          label: {
            show: true,
            position: 'left',
            distance: 4,
            ...text(12),
            fontWeight: 'bold',
            formatter: ({ dataIndex }: { dataIndex: number }) => {
              const point = best[dataIndex] as LoadPoint;
              return `${nameOf.get(point)?.letter} ${loadLabel(point)}`;
            },
          },
          labelLayout: { hideOverlap: true },
        },
        ...(targetMs === undefined
          ? []
          : [
              targetLine(
                [
                  [targetMs, most],
                  [targetMs, least],
                ],
                `target ${target(targetMs)}`,
                // To the right of it may be nothing but the edge.
                targetMs > slowest / 2 ? 'left' : 'right',
              ),
            ]),
      ],
    }),
    linkOf: (series, index) => {
      const point = priced[series]?.points[index];
      const name = priced[series]?.name;
      if (point?.rows[0] === undefined || name === undefined) return undefined;
      return {
        href: `#${cellAnchor(point.rows[0].cell_id)}`,
        title: `${name.letter}, ${loadText(point)}: ${usd(point.usdPerMillion?.mean)} per million output tokens, ${view.statistic} ${latency(view.of(point)?.mean)}`,
      };
    },
  };
}
