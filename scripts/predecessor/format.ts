import type { SqlRow } from '#core/ports/sql.ts';
import type { PredecessorAnswers } from './answers.ts';

export const one = (value: number): string => value.toFixed(1);
export const seconds = (ms: unknown): string => `${(Number(ms) / 1000).toFixed(2)} s`;
export const perUsd = (row: SqlRow): number => Number(row.output_tokens_per_s_per_usd_per_hour);

export function rowOf(rows: readonly SqlRow[] | undefined, instanceType: string): SqlRow {
  const row = rows?.find((candidate) => candidate.instance_type === instanceType);
  if (row === undefined) throw new RangeError(`no answer about ${instanceType}`);
  return row;
}

export function cellOf(answers: PredecessorAnswers, instanceType: string, concurrency: number): SqlRow {
  const row = answers
    .get('cells')
    ?.find((cell) => cell.instance_type === instanceType && cell.concurrency === concurrency);
  if (row === undefined) throw new RangeError(`no cell of ${instanceType} at ${concurrency}`);
  return row;
}

export const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
