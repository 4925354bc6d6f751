import type { DeploymentName, Look } from '../deployment-names.ts';
import type { Spread } from '../spread.ts';
import type { Size } from './svg.ts';

/** Figures are drawn twice: a narrow screen shows the second, at a size that can be read. */
export const SIZES = {
  wide: { width: 576, height: 370 },
  narrow: { width: 358, height: 340 },
} as const satisfies Record<string, Size>;

export type Form = keyof typeof SIZES;

const FONT = 'system-ui, sans-serif';
export const INK = 'var(--ink)';
const MUTED = 'var(--muted)';
const LINE = 'var(--line)';

export const text = (size = 12) => ({ color: INK, fontSize: size, fontFamily: FONT });

export const grid = (form: Form) =>
  form === 'wide' ? { left: 56, right: 30, top: 34, bottom: 52 } : { left: 50, right: 20, top: 34, bottom: 50 };

/** An axis of figures. The names stand level at the ends of both: nothing to turn the head for. */
export const valueAxis = (name: string, which: 'x' | 'y', format: (value: number) => string) => ({
  type: 'value' as const,
  name,
  ...(which === 'x' ? X_NAME : Y_NAME),
  nameTextStyle: { ...text(), ...(which === 'y' ? { align: 'left' } : {}) },
  axisLine: { show: true, lineStyle: { color: MUTED } },
  axisTick: { show: true, lineStyle: { color: MUTED } },
  axisLabel: { ...text(11), formatter: format, hideOverlap: true },
  splitLine: { lineStyle: { color: LINE } },
  splitNumber: 5,
});

const X_NAME = { nameLocation: 'middle', nameGap: 30 };
const Y_NAME = { nameLocation: 'end', nameGap: 14 };

export const categoryAxis = (name: string, values: readonly string[]) => ({
  ...valueAxis(name, 'x', String),
  type: 'category' as const,
  data: [...values],
  splitLine: { show: false },
  axisLabel: { ...text(11), hideOverlap: true },
});

export const mark = ({ colour, symbol, hollow }: Look, size = 9) => ({
  symbol,
  symbolSize: size,
  itemStyle: { color: hollow ? 'var(--page)' : colour, borderColor: colour, borderWidth: 2, opacity: 1 },
});

/** A deployment's line through its load points. */
export const lineOf = ({ look, letter }: Pick<DeploymentName, 'look' | 'letter'>) => ({
  type: 'line' as const,
  silent: false,
  clip: false,
  ...mark(look),
  lineStyle: { color: look.colour, width: 2, type: look.dash },
  endLabel: { show: true, formatter: letter, distance: 7, ...text(13), fontWeight: 'bold' },
  labelLayout: { moveOverlap: 'shiftY' },
});

/** What is drawn of a spread. */
type Bar = Pick<Spread, 'mean' | 'low' | 'high'>;

/** How far the means are known. */
export function whiskers(points: readonly { x: Bar | number; y: Bar }[], colour: string) {
  const repeated = points.filter(({ x, y }) => y.low < y.high || (typeof x === 'object' && x.low < x.high));
  return {
    type: 'custom' as const,
    silent: true,
    z: 1,
    renderItem: (_: unknown, api: { value(index: number): number; coord(at: (number | string)[]): number[] }) => {
      const at = (index: number) => api.value(index);
      const ends = [
        api.coord([at(0), at(4)]),
        api.coord([at(0), at(5)]),
        api.coord([at(2), at(1)]),
        api.coord([at(3), at(1)]),
      ];
      const [top, bottom, left, right] = ends as [number[], number[], number[], number[]];
      const style = { stroke: colour, lineWidth: 1.5, fill: 'none' };
      return {
        type: 'group',
        children: [bar(top, bottom, [5, 0], style), ...(at(2) === at(3) ? [] : [bar(left, right, [0, 5], style)])],
      };
    },
    data: repeated.map(({ x, y }) =>
      typeof x === 'object' ? [x.mean, y.mean, x.low, x.high, y.low, y.high] : [x, y.mean, x, x, y.low, y.high],
    ),
  };
}

/** An I between two ends. */
function bar(from: number[], to: number[], [dx, dy]: [number, number], style: object) {
  const [x1 = 0, y1 = 0] = from;
  const [x2 = 0, y2 = 0] = to;
  const line = (shape: object) => ({ type: 'line', shape, style });
  return {
    type: 'group',
    children: [
      line({ x1, y1, x2, y2 }),
      line({ x1: x1 - dx, y1: y1 - dy, x2: x1 + dx, y2: y1 + dy }),
      line({ x1: x2 - dx, y1: y2 - dy, x2: x2 + dx, y2: y2 + dy }),
    ],
  };
}

/** Ticks of a logarithmic axis: 1, 2 and 5 of each power of ten that the values span, and one beyond. */
function logarithmic(values: readonly number[]) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const powers = Array.from({ length: 24 }, (_, index) => 10 ** (index - 12));
  const steps = powers.flatMap((power) => [1, 2, 5].map((step) => Number((step * power).toPrecision(1))));
  const from = steps.findLastIndex((step) => step <= least);
  const to = steps.findIndex((step) => step >= most);
  const customValues = steps.slice(Math.max(0, from), (to === -1 ? steps.length : to) + 1);
  return { type: 'log' as const, min: customValues[0], max: customValues.at(-1), customValues };
}

/** Logarithmic where the dearest is many times the cheapest, and from zero otherwise. */
export function dollarAxis(values: readonly number[]) {
  const axis = valueAxis('$ per million output tokens', 'y', (amount) => `$${amount}`);
  if (values.length === 0 || Math.max(...values) <= 8 * Math.min(...values)) return { ...axis, min: 0 };
  const { customValues, ...scale } = logarithmic(values);
  return {
    ...axis,
    ...scale,
    axisTick: { ...axis.axisTick, customValues },
    axisLabel: { ...axis.axisLabel, customValues },
    splitLine: { ...axis.splitLine, customValues },
  };
}

/** Where a target's name has room: over or under a level line, or beside one that stands, within the figure. */
const TARGET_NAME = {
  above: { position: [4, -16] },
  below: { position: [4, 6] },
  right: { position: [5, 4] },
  left: { position: [-5, 4], align: 'right' as const },
} as const;

/** A target across the figure, with its name at the first end. */
export const targetLine = (data: number[][], name: string, side: keyof typeof TARGET_NAME) => ({
  type: 'line' as const,
  silent: true,
  // A mark that is not seen: a label needs one.
  symbol: 'circle',
  symbolSize: 1,
  itemStyle: { color: 'transparent' },
  lineStyle: { color: INK, width: 1.5, type: [3, 3] },
  data: data.map((value, index) => ({
    value,
    label: {
      show: index === 0,
      ...TARGET_NAME[side],
      position: [...TARGET_NAME[side].position],
      formatter: name,
      ...text(11),
    },
  })),
});
