import type { Cli } from '#cli/cli.ts';
import type { Results } from '#cli/results/results.ts';
import type { SqlValue } from '#core/ports/sql.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { sampleRun } from '../../core/results/compare/runs.ts';
import { fakeResults, MATRIX, startedRun } from '../fake-cli.ts';
import { summary } from '../run-summary.ts';

export const [MONDAY, TUESDAY] = ['2026-02-02', '2026-02-03'];
const DAYS = new Map([
  ['monday', MONDAY],
  ['tuesday', TUESDAY],
]);

export const ROWS = [
  { role: 'engine', instance_type: 'g5.8xlarge', node_s: 12.5, total_usd: 0.01 },
  { role: 'total', instance_type: null, node_s: 12.5, total_usd: 0.01 },
];

const RUNS: Record<string, CellRow[]> = {
  tuesday: sampleRun({ run: 'tuesday', repeats: 1 }),
  monday: sampleRun({
    run: 'monday',
    repeats: 1,
    change: () => ({ deployment_id: 'd-old', instance_type: 'g6.xlarge' }),
  }),
};

/** A store of two runs, that remembers what it is asked. */
export const world = (more: Partial<Results> = {}) => {
  const asked: { question: string; parameters: readonly SqlValue[] }[] = [];
  const openResults: Cli['openResults'] = async () =>
    fakeResults({
      runs: async () => [summary('tuesday'), summary('monday')],
      started: async (run) => {
        const day = DAYS.get(run);
        return day === undefined ? undefined : { ...startedRun(MATRIX), day, slo: { ttftP95Ms: 500 } };
      },
      measured: async (run) => {
        const rows = RUNS[run];
        return rows && { rows, asked: new Set<string>(), ended: true, status: 'SUCCEEDED' as const };
      },
      ask: async (question, parameters) => {
        asked.push({ question, parameters });
        return ROWS;
      },
      ...more,
    });
  return { asked, openResults };
};
