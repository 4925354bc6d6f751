import type { NodePhase } from '#core/plan/types.ts';
import type { Paint, Style } from '../terminal/paint.ts';
import { padded, printable, truncated, widthOf } from '../terminal/printable.ts';
import { duration } from './format.ts';

/** cluster and answer: what the run does before and after its deployments. */
export type TimelinePhase = NodePhase | 'cluster' | 'answer';

export interface TimelineSpan {
  phase: TimelinePhase;
  fromMs: number;
  toMs: number;
}

export interface TimelineRow {
  name: string;
  spans: readonly TimelineSpan[];
}

/** A letter for each phase, so that the picture can be read without colours. */
const LETTERS: Record<TimelinePhase, string> = {
  cluster: 'c',
  launch: 'L',
  pull: 'p',
  load: 'o',
  measure: '#',
  idle: '-',
  release: 'r',
  answer: 'a',
};

const STYLES: Partial<Record<TimelinePhase, Style>> = {
  launch: 'dim',
  pull: 'yellow',
  load: 'yellow',
  measure: 'green',
};

const NAME_WIDTH = 28;

/** One bar for each row, over the time from the run's start to its end. */
export function timelineLines(
  rows: readonly TimelineRow[],
  { startMs, endMs }: { startMs: number; endMs: number },
  { width, paint }: { width: number; paint: Paint },
): string[] {
  const name = Math.min(NAME_WIDTH, Math.max(0, ...rows.map((row) => widthOf(printable(row.name)))));
  const bar = Math.max(10, width - name - 2);
  const scale = Math.max(1, endMs - startMs) / bar;
  const lines = rows.map((row) => {
    const columns = Array.from({ length: bar }, (_value, index) =>
      phaseIn(row.spans, startMs + index * scale, startMs + (index + 1) * scale),
    );
    return `${padded(truncated(printable(row.name), name), name)}  ${painted(columns, paint)}`.trimEnd();
  });
  const end = duration((endMs - startMs) / 1000);
  const axis = `${' '.repeat(name)}  0${padded(end, bar - 1, 'right')}`;
  const legend = Object.entries(LETTERS).map(([phase, letter]) => `${letter} ${phase}`);
  return [...lines, axis, paint('dim', truncated(legend.join('  '), width))];
}

/** The phase that fills most of a column of the picture. */
function phaseIn(spans: readonly TimelineSpan[], fromMs: number, toMs: number): TimelinePhase | undefined {
  const filled = new Map<TimelinePhase, number>();
  for (const span of spans) {
    const ms = Math.min(span.toMs, toMs) - Math.max(span.fromMs, fromMs);
    if (ms > 0) filled.set(span.phase, (filled.get(span.phase) ?? 0) + ms);
  }
  let most: TimelinePhase | undefined;
  for (const [phase, ms] of filled) if (most === undefined || ms > (filled.get(most) ?? 0)) most = phase;
  return most;
}

function painted(columns: readonly (TimelinePhase | undefined)[], paint: Paint): string {
  let text = '';
  for (let from = 0; from < columns.length; ) {
    const phase = columns[from];
    let to = from;
    while (to < columns.length && columns[to] === phase) to += 1;
    const part = (phase === undefined ? ' ' : LETTERS[phase]).repeat(to - from);
    const style = phase === undefined ? undefined : STYLES[phase];
    text += style === undefined ? part : paint(style, part);
    from = to;
  }
  return text;
}
