import type { SqlRow } from '#core/ports/sql.ts';
import type { PredecessorAnswers } from './answers.ts';
import { one, seconds, table } from './format.ts';

/** How many cells break which rule. */
export function judgement(judged: PredecessorAnswers): string {
  const cells = judged.get('cells') ?? [];
  const valid = cells.filter((cell) => cell.valid === true).length;
  const broken = Map.groupBy(
    cells.flatMap((cell) =>
      String(cell.reason ?? '')
        .split(',')
        .filter(Boolean),
    ),
    (code) => code,
  );
  const c200 = cells.filter((cell) => cell.concurrency === 200).map((cell) => Number(cell.occupancy));
  const lines = [...broken]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([code, all]) => `- \`${code}\`: ${all.length} of ${cells.length}${WHY[code] ?? ''}`);
  return `${valid} of ${cells.length} cells are valid, and \`price-performance\` ranks ${judged.get('price-performance')?.length ?? 0} of them ([measurement.md](measurement.md) has the rules):

${lines.join('\n')}

At a concurrency of 200 occupancy was ${Math.min(...c200).toFixed(2)} to ${Math.max(...c200).toFixed(2)}: requests that were in flight when a window ended were
dropped, and they were the slowest.`;
}

const WHY: Partial<Record<string, string>> = {
  'output-length': ': 100 tokens were asked for and not pinned, and were counted with a llama tokenizer',
  'not-warmed-up': ': nothing was sent before measuring',
  occupancy: ": by Little's law the load was not held",
};

export const cellTable = (cells: readonly SqlRow[]): string =>
  table(
    ['type', 'concurrency', 'requests', 'mean latency', 'occupancy', 'mean output tokens', 'broken rules'],
    cells.map((cell) => [
      String(cell.instance_type),
      String(cell.concurrency),
      String(cell.request_count),
      seconds(cell.request_latency_avg_ms),
      Number(cell.occupancy).toFixed(2),
      one(Number(cell.osl_seen_avg_tokens)),
      String(cell.reason ?? '').replaceAll(',', ', '),
    ]),
  );
