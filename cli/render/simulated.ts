import type { SqlRow } from '#core/ports/sql.ts';
import type { Paint } from '../terminal/paint.ts';
import { oneLine, wrapped } from '../terminal/printable.ts';

/** Goes with every table that has figures of engines without a GPU. */
const SIMULATED = 'SIMULATED: no GPU stood behind these engines. They show how the product works, not what a GPU does.';

/** Below a table: what in it was simulated, and for which of it no measurement was there to simulate by. */
export function simulatedLines(rows: readonly SqlRow[], { width, paint }: { width: number; paint: Paint }): string[] {
  if (!rows.some(({ simulated }) => simulated === true)) return [];
  const extrapolated = new Set(rows.filter((row) => row.extrapolated === true).map(deployment));
  const text =
    extrapolated.size === 0
      ? SIMULATED
      : `${SIMULATED} Extrapolated, with no measurement of them behind it: ${[...extrapolated].join(', ')}.`;
  return wrapped(oneLine(text), width).map((line) => paint('yellow', line));
}

const deployment = (row: SqlRow): string => {
  const parallel = typeof row.tensor_parallel === 'number' ? ` TP=${row.tensor_parallel}` : '';
  return `${String(row.instance_type)}${parallel}`;
};
