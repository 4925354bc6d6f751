import { cellAnchor } from '../anchors.ts';
import { loadText } from '../deployment-names.ts';
import { latency, target, whole } from '../format.ts';
import { type DrawnDeployment, loadLabel } from './deployment-lines.ts';
import type { Figure } from './figure.ts';
import { type Form, grid, lineOf, targetLine, text, valueAxis, whiskers } from './look.ts';

/** More marks than this, and the loads beside them would cover each other. */
const MOST_LABELS: Record<Form, number> = { wide: 32, narrow: 12 };

/** What waiting longer buys: tokens per second against the p95 latency, a line a deployment, a mark a load. */
export function throughputLatency(
  drawn: readonly DrawnDeployment[],
  targetMs: number | undefined,
): Pick<Figure, 'options' | 'linkOf'> {
  const points = drawn.flatMap((one) => one.points);
  const most = Math.max(1, ...points.map(({ tokensPerS }) => tokensPerS.max));
  return {
    options: (form) => ({
      grid: grid(form),
      xAxis: { ...valueAxis('output tokens per second', 'x', whole), min: 0 },
      yAxis: { ...valueAxis('p95 request latency, s', 'y', (ms) => String(ms / 1000)), min: 0 },
      series: [
        ...drawn.map(({ name, points: own }) => ({
          ...lineOf(name),
          data: own.map(({ tokensPerS, latencyP95Ms }) => [tokensPerS.mean, latencyP95Ms.mean]),
          label: {
            show: points.length <= MOST_LABELS[form],
            position: 'top',
            distance: 4,
            ...text(11),
            formatter: ({ dataIndex }: { dataIndex: number }) => loadLabel(own[dataIndex]!),
          },
          labelLayout: { hideOverlap: true },
        })),
        ...drawn.map(({ name, points: own }) =>
          whiskers(
            own.map(({ tokensPerS, latencyP95Ms }) => ({ x: tokensPerS, y: latencyP95Ms })),
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
              ),
            ]),
      ],
    }),
    linkOf: (series, index) => {
      const point = drawn[series]?.points[index];
      const name = drawn[series]?.name;
      if (point?.rows[0] === undefined || name === undefined) return undefined;
      const { tokensPerS, latencyP95Ms } = point;
      return {
        href: `#${cellAnchor(point.rows[0].cell_id)}`,
        title: `${name.letter}, ${loadText(point)}: ${whole(tokensPerS.mean)} tokens/s, p95 ${latency(latencyP95Ms.mean)}`,
      };
    },
  };
}
