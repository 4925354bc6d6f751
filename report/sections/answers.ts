import type { SqlRow, SqlValue } from '#core/ports/sql.ts';
import type { QueryField, QueryFile } from '#core/results/query-file.ts';
import { QUESTIONS, type Queries } from '#core/results/questions.ts';
import { toRows } from '../anchors.ts';
import { counted, short } from '../format.ts';
import { type Html, html, NOTHING, type Part } from '../html.ts';
import { ANSWER_SIDES, type AnswerSide, pointBehind, type Workload } from '../load-points.ts';
import { extrapolatedMark } from '../marks.ts';
import { table } from '../table.ts';

/** These have sections of their own. */
const SHOWN_ELSEWHERE = new Set<string>(['price-performance', 'low-latency', 'run-cost', 'cells']);

const MOST_ROWS = 50;

/** What else was asked in SQL at the end of the run, each answer as it came, its numbers with the rows behind them. */
export function answers(
  answered: readonly { name: string; rows: readonly SqlRow[] }[],
  queries: Queries,
  workloads: readonly Workload[],
): Html {
  const others = QUESTIONS.filter((name) => !SHOWN_ELSEWHERE.has(name)).flatMap((name) => {
    const answer = answered.find((one) => one.name === name);
    return answer === undefined ? [] : [{ query: queries.questions[name], rows: answer.rows }];
  });
  if (others.length === 0) return NOTHING;
  return html`<section id="answers" aria-labelledby="answers-title"><h2 id="answers-title">Further answers</h2>
${others.map(({ query, rows }) => html`<details><summary>${query.question}</summary><p class="notes">${query.notes}</p>${answerTable(query, rows, workloads)}</details>`)}</section>`;
}

function answerTable(query: QueryFile, rows: readonly SqlRow[], workloads: readonly Workload[]): Html {
  const left = rows.length - MOST_ROWS;
  return html`${table({
    caption: query.question,
    columns: query.columns.map(({ name, unit, meaning, type }) => ({
      title: breakable(name),
      unit,
      meaning,
      ...(isNumber(type)
        ? { kind: 'number' as const }
        : name.endsWith('price_source')
          ? { kind: 'text' as const }
          : {}),
    })),
    rows: rows.slice(0, MOST_ROWS).map((row) => ({ cells: cellsOf(query, row, workloads) })),
  })}${left > 0 ? html`<p>And ${counted(left, 'more row')}: <code>stepbench query ${query.name}</code> has them.</p>` : NOTHING}`;
}

function cellsOf({ columns }: QueryFile, row: SqlRow, workloads: readonly Workload[]): Part[] {
  const behind = new Map(ANSWER_SIDES.map((side) => [side, pointBehind(row, workloads, side)?.rows ?? []]));
  return columns.map((column) => {
    const value = shown(column, row[column.name]);
    const side = sideOf(column.name);
    if (isNumber(column.type)) return toRows(behind.get(side) ?? [], value);
    // Beside the name, as everywhere: the column that says so may be far to the right.
    return column.name === `${side}instance_type`
      ? html`${value}${extrapolatedMark(row[`${side}extrapolated`] === true)}`
      : value;
  });
}

/** Whose figure a column has: what compares two is led to the one that the answer is of. */
const sideOf = (column: string): AnswerSide =>
  ANSWER_SIDES.find((side) => side !== '' && column.startsWith(side)) ?? '';

/** A column's name is as long as ten of its figures. */
const breakable = (name: string): Html =>
  html`${name.split('_').map((word, index) => (index > 0 ? html`_<wbr>${word}` : word))}`;

const isNumber = (type: string): boolean => ['double', 'integer', 'bigint'].includes(type);

const shown = ({ type }: QueryField, value: SqlValue | undefined): string => {
  if (value === null || value === undefined) return '–';
  return type === 'double' ? short(value) : String(value);
};
