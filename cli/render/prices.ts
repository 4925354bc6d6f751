import type { SqlRow } from '#core/ports/sql.ts';
import type { Paint } from '../terminal/paint.ts';
import { oneLine, wrapped } from '../terminal/printable.ts';

/** The sides of an answer that have a price of their own: the deployment, a dearer one, the baseline. */
const SIDES = ['', 'dear_', 'baseline_'] as const;

/** Where a price was read, and from when it holds. */
interface PriceSource {
  source: string;
  effectiveAt?: string | undefined;
}

/**
 * Each list of prices once, with the dates that its prices hold from: of a source `a list; how a fee follows`, the fees
 * of different instance types stand behind the one list.
 */
export function eachListOnce(sources: readonly PriceSource[]): string[] {
  const parted = sources.map(({ source, effectiveAt }) => {
    const [list = '', ...rest] = source.split(/;\s*/);
    return { list: [list, effectiveAt].filter(Boolean).join(', '), rest: rest.join('; ') };
  });
  return [...Map.groupBy(parted, ({ list }) => list)].map(([list, own]) =>
    [list, ...new Set(own.map(({ rest }) => rest).filter((rest) => rest !== ''))].join('; '),
  );
}

/** Below a table with dollars: where their prices were read, and of which date. */
export function priceLines(rows: readonly SqlRow[], { width, paint }: { width: number; paint: Paint }): string[] {
  const sources = rows.flatMap((row) =>
    SIDES.flatMap((side): PriceSource[] => {
      const [source, date] = [row[`${side}price_source`], row[`${side}price_effective_at`]];
      return typeof source === 'string' ? [{ source, ...(typeof date === 'string' ? { effectiveAt: date } : {}) }] : [];
    }),
  );
  return sources.length === 0
    ? []
    : wrapped(oneLine(`Prices: ${eachListOnce(sources).join('; ')}.`), width).map((line) => paint('dim', line));
}
