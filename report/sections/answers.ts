import type { SqlRow, SqlValue } from '#core/ports/sql.ts';
import type { QueryField, QueryFile } from '#core/results/query-file.ts';
import { QUESTIONS, type Queries } from '#core/results/questions.ts';
import { counted, short } from '../format.ts';
import { type Html, html, NOTHING } from '../html.ts';
import { table } from '../table.ts';

/** These have sections of their own. */
const SHOWN_ELSEWHERE = new Set<string>(['price-performance', 'low-latency', 'run-cost', 'cells']);

const MOST_ROWS = 50;

/** What else was asked in SQL at the end of the run, each answer as it came. */
export function answers(answered: readonly { name: string; rows: readonly SqlRow[] }[], queries: Queries): Html {
  const others = QUESTIONS.filter((name) => !SHOWN_ELSEWHERE.has(name)).flatMap((name) => {
    const answer = answered.find((one) => one.name === name);
    return answer === undefined ? [] : [{ query: queries.questions[name], rows: answer.rows }];
  });
  if (others.length === 0) return NOTHING;
  return html`<section id="answers" aria-labelledby="answers-title"><h2 id="answers-title">Further answers</h2>
${others.map(({ query, rows }) => html`<details><summary>${query.question}</summary><p class="notes">${query.notes}</p>${answerTable(query, rows)}</details>`)}</section>`;
}

function answerTable(query: QueryFile, rows: readonly SqlRow[]): Html {
  const left = rows.length - MOST_ROWS;
  return html`${table({
    caption: query.question,
    columns: query.columns.map(({ name, unit, meaning, type }) => ({
      title: name,
      unit,
      meaning,
      ...(isNumber(type) ? { kind: 'number' as const } : {}),
    })),
    rows: rows
      .slice(0, MOST_ROWS)
      .map((row) => ({ cells: query.columns.map((column) => shown(column, row[column.name])) })),
  })}${left > 0 ? html`<p>And ${counted(left, 'more row')}: <code>stepbench query ${query.name}</code> has them.</p>` : NOTHING}`;
}

const isNumber = (type: string): boolean => ['double', 'integer', 'bigint'].includes(type);

const shown = ({ type }: QueryField, value: SqlValue | undefined): string => {
  if (value === null || value === undefined) return '–';
  return type === 'double' ? short(value) : String(value);
};
