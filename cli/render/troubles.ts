import type { SqlRow } from '#core/ports/sql.ts';
import type { Paint } from '../terminal/paint.ts';
import { oneLine, wrapped } from '../terminal/printable.ts';
import { counted } from './format.ts';
import { table } from './table.ts';

/** More rows help nobody on a screen; `stepbench query cells` has all. */
const MOST_ROWS = 20;

/** The cells of queries/cells.sql that have no figures, or none that may be ranked, with the reason. */
export function troubleLines(rows: readonly SqlRow[], look: { width: number; paint: Paint }): string[] {
  const troubled = rows.filter(({ valid }) => valid !== true);
  if (troubled.length === 0) return [];
  const shown = troubled.slice(0, MOST_ROWS).map((row) => [
    String(row.instance_type),
    typeof row.tensor_parallel === 'number' ? `TP=${row.tensor_parallel}` : '',
    row.concurrency === null ? `rate=${row.request_rate_per_s}/s` : `concurrency=${row.concurrency}`,
    {
      text: row.status === 'failed' ? 'failed' : 'not valid',
      style: row.status === 'failed' ? 'red' : 'yellow',
    } as const,
    oneLine(String(row.reason ?? '')),
  ]);
  const more = troubled.length - shown.length;
  return [
    look.paint('bold', `${counted(troubled.length, 'cell')} not ranked:`),
    ...table(
      [{ title: 'instance' }, { title: '', spare: 1 }, { title: 'load' }, { title: 'status' }, { title: 'why' }],
      shown,
      look,
    ),
    ...(more > 0 ? [`and ${counted(more, 'more cell')}: stepbench query cells`] : []),
  ];
}

/** The load points of queries/repeats.sql whose repeats do not agree: their means are to be used with care. */
export function disagreementLines(rows: readonly SqlRow[], look: { width: number; paint: Paint }): string[] {
  const disagreeing = rows.filter(({ disagree }) => disagree === true);
  if (disagreeing.length === 0) return [];
  const named = disagreeing.slice(0, MOST_ROWS).map((row) => {
    const load = row.concurrency === null ? `rate=${row.request_rate_per_s}/s` : `concurrency=${row.concurrency}`;
    return `${row.instance_type} ${load}`;
  });
  const more = disagreeing.length - named.length;
  const text = `The repeats of ${counted(disagreeing.length, 'load')} disagree (${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}): stepbench query repeats`;
  return wrapped(oneLine(text), look.width).map((line) => look.paint('yellow', line));
}
