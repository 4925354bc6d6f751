import type { SqlRow } from '#core/ports/sql.ts';
import type { Paint } from '../terminal/paint.ts';
import { oneLine, wrapped } from '../terminal/printable.ts';

/** The sides of an answer that have a price of their own: the deployment, a dearer one, the baseline. */
const SIDES = ['', 'dear_', 'baseline_'] as const;

/** Below a table with dollars: where their prices were read, and of which date. */
export function priceLines(rows: readonly SqlRow[], { width, paint }: { width: number; paint: Paint }): string[] {
  const sources = new Set(
    rows.flatMap((row) =>
      SIDES.flatMap((side) => {
        const source = row[`${side}price_source`];
        return typeof source === 'string'
          ? [[source, row[`${side}price_effective_at`]].filter(Boolean).join(', ')]
          : [];
      }),
    ),
  );
  return sources.size === 0
    ? []
    : wrapped(oneLine(`Prices: ${[...sources].join('; ')}.`), width).map((line) => paint('dim', line));
}
