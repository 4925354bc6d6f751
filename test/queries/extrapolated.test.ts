import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultLines } from '#cli/render/query.ts';
import { plain } from '#cli/terminal/paint.ts';
import type { SqlRow, SqlValue } from '#core/ports/sql.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { csv } from '#core/results/csv.ts';
import type { DeploymentRow } from '#core/results/deployment-columns.ts';
import { ALL_QUESTIONS, type QuestionName } from '#core/results/questions.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import { failedSample, measuredSample } from '#test/core/results/samples.ts';
import { SAMPLE_DAY, writeResults } from '#test/local/sql/results-store.ts';
import { arbitraryCells, arbitraryDeployments } from './arbitrary-results.ts';
import { openResultsUnderTest, type ResultsUnderTest } from './results-under-test.ts';

const { questions } = loadQueries();
const NONE = 1e12;
const ONE_RUN = ['run-1', SAMPLE_DAY] as const;
const PARAMETERS: Partial<Record<QuestionName, readonly SqlValue[]>> = {
  'low-latency': [...ONE_RUN, NONE, NONE, NONE],
  fleet: [...ONE_RUN, NONE, NONE, NONE, 1000],
  baseline: [...ONE_RUN, 'run-2', SAMPLE_DAY],
  history: ['d1', '0000-01-01', '9999-12-31'],
};

/** Engines of a run by run and deployment: each deployment has one, and so one timing. */
const timing = fc.constantFrom('seed', 'extrapolated', 'custom', undefined);
const timings: fc.Arbitrary<Record<string, string | undefined>> = fc.record(
  Object.fromEntries(['run-1 d0', 'run-1 d1', 'run-1 d2', 'run-2 d0', 'run-2 d1'].map((id) => [id, timing])),
);

/** Rows as a store has them: a deployment is simulated or not, and a cell that failed did not say by what timing. */
const stores = fc
  .tuple(arbitraryCells, arbitraryDeployments, timings)
  .map(([cells, nodes, timingOf]): { cells: CellRow[]; deployments: DeploymentRow[] } => {
    const of = (row: { run_id: string; deployment_id: string }) => timingOf[`${row.run_id} ${row.deployment_id}`];
    return {
      cells: cells.map((row) => ({
        ...row,
        simulated: of(row) !== undefined,
        simulator_profile: row.status === 'measured' ? (of(row) ?? null) : null,
      })),
      deployments: nodes.map((row) => ({ ...row, simulated: of(row) !== undefined })),
    };
  });

/** Of whom a row has figures: the columns that name a deployment, and what says of it that it was extrapolated. */
const SIDES = [
  ['deployment_id', 'extrapolated'],
  ['dear_deployment_id', 'dear_extrapolated'],
  ['base_deployment_id', 'base_extrapolated'],
] as const;

describe('an extrapolated figure', () => {
  let results: ResultsUnderTest;
  beforeAll(async () => {
    results = await openResultsUnderTest(8);
  });
  afterAll(() => results.close());

  it('is said to be one by every question: in each row, in the table, in CSV', () =>
    results.over(
      stores,
      (rows) => writeResults(results.store, rows),
      async ({ cells }) => {
        const extrapolated = cells.filter((row) => row.simulator_profile === 'extrapolated');
        const told = new Set(extrapolated.map((row) => `${row.run_id} ${row.deployment_id}`));
        for (const name of ALL_QUESTIONS) {
          const rows = await results.ask(name, PARAMETERS[name] ?? ONE_RUN);
          expect(rows.map(sides), name).toEqual(rows.map((row) => expectedSides(name, row, told)));
          const any = rows.some((row) => Object.values(sides(row)).includes(true));
          const text = resultLines({ question: questions[name], run: 'run-1', parameters: [] }, rows, {
            width: 90,
            paint: plain,
          }).join('\n');
          expect(text.includes('EXTRAPOLATED'), name).toBe(any);
          const columns = questions[name].columns.map((column) => column.name);
          expect(csv(columns, rows).split('\r\n', 1)[0]).toContain('extrapolated');
        }
      },
    ));

  it('is one of the deployment: of its cells that failed before they could say so, and of its dollars', async () => {
    const of = { deployment_id: 'd1', simulated: true };
    const cells = [
      measuredSample({ ...of, cell_id: 'a', concurrency: 1, simulator_profile: 'extrapolated' }),
      failedSample({ ...of, cell_id: 'b', concurrency: 2, simulator_profile: null }),
      measuredSample({ cell_id: 'c', deployment_id: 'd2', concurrency: 3, simulator_profile: 'seed', simulated: true }),
      measuredSample({ cell_id: 'd', deployment_id: 'd3', concurrency: 4, simulator_profile: null }),
    ];
    await results.empty();
    await writeResults(results.store, { cells });
    const asked = await results.ask('cells');
    expect(Object.fromEntries(asked.map((row) => [row.cell_id, row.extrapolated]))).toEqual({
      ...{ a: true, b: true, c: false, d: false },
    });
  });
});

const sides = (row: SqlRow): Record<string, SqlValue> =>
  Object.fromEntries(SIDES.flatMap(([, column]) => (row[column] === undefined ? [] : [[column, row[column]]])));

function expectedSides(name: QuestionName, row: SqlRow, told: ReadonlySet<string>): Record<string, boolean> {
  const is = (deployment: SqlValue | undefined, run: SqlValue | undefined = 'run-1') =>
    told.has(`${run} ${deployment}`);
  if (name === 'history') return { extrapolated: is('d1', row.run_id) };
  if (name === 'baseline') {
    const [here, there] = [row.repeats !== null, row.baseline_repeats !== null];
    return {
      extrapolated: (here && is(row.deployment_id)) || (there && is(row.deployment_id, 'run-2')),
    };
  }
  if (row.role === 'total') return { extrapolated: expect.any(Boolean) as unknown as boolean };
  return Object.fromEntries(
    SIDES.flatMap(([id, column]) => (row[id] === undefined ? [] : [[column, is(row[id])]])),
  ) as Record<string, boolean>;
}
