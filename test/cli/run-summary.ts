import type { RunSummary } from '#cli/results/results.ts';

/** A run of a store, as the results have it. */
export const summary = (run: string, more: Partial<RunSummary> = {}): RunSummary => ({
  run,
  name: 'small',
  startedAt: '2026-10-01T12:00:00.000Z',
  lastStartedAt: '2026-10-01T12:00:00.000Z',
  executions: 1,
  status: 'SUCCEEDED',
  cells: { total: 4, valid: 4, invalid: 0, failed: 0 },
  simulated: true,
  extrapolated: false,
  ...more,
});
