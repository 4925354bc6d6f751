import type { SqlRow } from '#core/ports/sql.ts';

/** What was measured, in the words of every question: without these a figure belongs to nothing. */
const ALWAYS = ['instance_type', 'concurrency'];

/** These too, where rows differ in them. */
const WHERE_THEY_DIFFER = [
  ...['model', 'tensor_parallel', 'isl_tokens', 'osl_tokens', 'request_rate_per_s', 'endpoint', 'streaming', 'dataset'],
  ...['repeat', 'run_id', 'engine_version', 'base_instance_type', 'base_tensor_parallel', 'dear_instance_type'],
];

/** The columns that tell the rows of an answer apart: they are shown on every terminal. */
export function identifying(rows: readonly SqlRow[]): ReadonlySet<string> {
  const values = (name: string) => new Set(rows.map((row) => row[name] ?? null));
  const isThere = (name: string) => [...values(name)].some((value) => value !== null);
  return new Set([
    ...ALWAYS.filter(isThere),
    ...WHERE_THEY_DIFFER.filter((name) => isThere(name) && values(name).size > 1),
  ]);
}
