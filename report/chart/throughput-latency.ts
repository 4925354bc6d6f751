import { cellAnchor } from '../anchors.ts';
import { loadText } from '../deployment-names.ts';
import { latency, target, whole } from '../format.ts';
import type { LatencyView } from '../latency-view.ts';
import type { LoadPoint } from '../load-points.ts';
import type { Spread } from '../spread.ts';
import { type DrawnDeployment, loadLabel } from './deployment-lines.ts';
import type { Figure } from './figure.ts';
import { type Form, grid, lineOf, targetLine, text, valueAxis, whiskers } from './look.ts';

/** More marks than this, and the loads beside them would cover each other. */
const MOST_LABELS: Record<Form, number> = { wide: 32, narrow: 12 };

/** What waiting longer buys: tokens per second against latency, a line a deployment, a mark a load. */
export function throughputLatency(
  all: readonly DrawnDeployment[],
  view: LatencyView,
  targetMs: number | undefined,
): Pick<Figure, 'options' | 'linkOf'> {
  const drawn = all.map(({ name, points: own }) => ({ name, points: measuredIn(own, view) }));
  const points = drawn.flatMap((one) => one.points);
  const most = Math.max(1, ...points.map(({ point }) => point.tokensPerS.high));
  const slowest = Math.max(0, ...points.map(({ latencyMs }) => latencyMs.high));
  return {
    options: (form) => ({
      grid: grid(form),
      xAxis: { ...valueAxis('output tokens per second', 'x', whole), min: 0 },
      yAxis: { ...valueAxis(`${view.statistic} request latency, s`, 'y', (ms) => String(ms / 1000)), min: 0 },
      series: [
        ...drawn.map(({ name, points: own }) => ({
          ...lineOf(name),
          data: own.map(({ point, latencyMs }) => [point.tokensPerS.mean, latencyMs.mean]),
          label: {
            show: points.length <= MOST_LABELS[form],
            position: 'top',
            distance: 4,
            ...text(11),
            formatter: ({ dataIndex }: { dataIndex: number }) => loadLabel(own[dataIndex]!.point),
          },
          labelLayout: { hideOverlap: true },
        })),
        ...drawn.map(({ name, points: own }) =>
          whiskers(
            own.map(({ point, latencyMs }) => ({ x: point.tokensPerS, y: latencyMs })),
            name.look.colour,
          ),
        ),
        ...(targetMs === undefined
          ? []
          : [
              targetLine(
                [
                  [0, targetMs],
                  [most, targetMs],
                ],
                `target ${target(targetMs)}`,
                // The upper half may be the end of the axis, which has its name there.
                targetMs > slowest / 2 ? 'below' : 'above',
              ),
            ]),
      ],
    }),
    linkOf: (series, index) => {
      const { point, latencyMs } = drawn[series]?.points[index] ?? {};
      const name = drawn[series]?.name;
      if (point?.rows[0] === undefined || latencyMs === undefined || name === undefined) return undefined;
      return {
        href: `#${cellAnchor(point.rows[0].cell_id)}`,
        title: `${name.letter}, ${loadText(point)}: ${whole(point.tokensPerS.mean)} tokens/s, ${view.statistic} ${latency(latencyMs.mean)}`,
      };
    },
  };
}

const measuredIn = (points: readonly LoadPoint[], view: LatencyView): { point: LoadPoint; latencyMs: Spread }[] =>
  points.flatMap((point) => {
    const latencyMs = view.of(point);
    return latencyMs === null ? [] : [{ point, latencyMs }];
  });
