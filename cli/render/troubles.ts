import type { SqlRow } from '#core/ports/sql.ts';
import type { Paint } from '../terminal/paint.ts';
import { oneLine, wrapped } from '../terminal/printable.ts';
import { counted } from './format.ts';
import { table } from './table.ts';

interface Look {
  width: number;
  paint: Paint;
}

/** What the rules said of the cells that are not valid, for people, by cell id. */
export type Explanations = ReadonlyMap<string, string>;

/** More rows help nobody on a screen; `stepbench query cells` has all. */
const MOST_ROWS = 20;

/** The cells of queries/cells.sql that have no figures, or none that may be ranked, with the reason. */
export function troubleLines(rows: readonly SqlRow[], explanations: Explanations, look: Look): string[] {
  const troubled = rows.filter(({ valid }) => valid !== true);
  if (troubled.length === 0) return [];
  const shown = troubled.slice(0, MOST_ROWS).map((row) => [
    String(row.instance_type),
    typeof row.tensor_parallel === 'number' ? `TP=${row.tensor_parallel}` : '',
    loadOf(row),
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
    ...explanationLines(troubled, explanations, look),
  ];
}

/** A code says nothing to who has not met it before: what was seen, which bound, and what to do, once for all cells alike. */
function explanationLines(troubled: readonly SqlRow[], explanations: Explanations, look: Look): string[] {
  const invalid = troubled.filter(({ status }) => status !== 'failed');
  if (invalid.length === 0) return [];
  const said = Map.groupBy(invalid, ({ cell_id }) => explanations.get(String(cell_id)) ?? '');
  said.delete('');
  const texts = [...said].slice(0, MOST_ROWS).map(([sentence, rows]) => {
    const [first] = rows;
    const others = rows.length > 1 ? ` and ${counted(rows.length - 1, 'more cell')}` : '';
    return `${first?.instance_type} ${first === undefined ? '' : loadOf(first)}${others}: ${sentence}`;
  });
  return [
    ...texts.flatMap((text) => wrapped(oneLine(text), look.width)),
    ...wrapped(ANEW, look.width).map((line) => look.paint('cyan', line)),
  ];
}

const ANEW = 'Mend that, then measure these cells in a new run: --resume leaves out what has figures already.';

const loadOf = (row: SqlRow): string =>
  row.concurrency === null ? `rate=${row.request_rate_per_s}/s` : `concurrency=${row.concurrency}`;

/** The load points of queries/repeats.sql whose repeats do not agree: their means are to be used with care. */
export function disagreementLines(rows: readonly SqlRow[], look: Look): string[] {
  const disagreeing = rows.filter(({ disagree }) => disagree === true);
  if (disagreeing.length === 0) return [];
  const named = disagreeing.slice(0, MOST_ROWS).map((row) => `${row.instance_type} ${loadOf(row)}`);
  const more = disagreeing.length - named.length;
  const text = `The repeats of ${counted(disagreeing.length, 'load')} disagree (${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}): stepbench query repeats`;
  return wrapped(oneLine(text), look.width).map((line) => look.paint('yellow', line));
}
