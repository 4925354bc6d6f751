import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SqlRow } from '#core/ports/sql.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { measuredSample } from '#test/core/results/samples.ts';
import { SAMPLE_DAY, writeResults } from '#test/local/sql/results-store.ts';
import { arbitraryCellsOf, arbitraryTarget } from './arbitrary-results.ts';
import { keyBy, WORKLOAD } from './expected-answers.ts';
import { comparedOf, historyOf, pairKey } from './expected-changes.ts';
import { alternativesOf, efficiencies, fastestOf, fleetCosts, peaksOf, unbeaten } from './expected-choices.ts';
import { openResultsUnderTest, type ResultsUnderTest } from './results-under-test.ts';

const arbitraryCells = arbitraryCellsOf({ minLength: 10, maxLength: 100 });

const keyOf = (row: SqlRow, ...names: string[]) => JSON.stringify(names.map((name) => row[name]));
const deploymentIn = (row: SqlRow) => keyOf(row, 'deployment_id', ...WORKLOAD);
const deploymentOf = (row: CellRow) => keyBy(row, ['deployment_id', ...WORKLOAD]);

function expectSame(found: Iterable<[string, unknown]>, expected: Iterable<[string, number | null]>) {
  const [left, right] = [new Map(found), new Map(expected)];
  expect([...left.keys()].sort()).toEqual([...right.keys()].sort());
  for (const [key, value] of right) expectClose(left.get(key), value);
}

function expectClose(found: unknown, expected: number | null) {
  if (expected === null) expect(found).toBeNull();
  else expect(Math.abs(Number(found) - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
}

const EVER = ['0000-01-01', '9999-12-31'];

describe('what the answers of queries/ advise', () => {
  let results: ResultsUnderTest;
  beforeAll(async () => {
    results = await openResultsUnderTest(8);
  });
  afterAll(() => results.close());
  beforeEach(() => results.empty());

  const write = (cells: CellRow[]) => writeResults(results.store, { cells });
  const overCells = (check: (cells: CellRow[]) => Promise<void>) => results.over(arbitraryCells, write, check);

  it('is every load point that no other beats', () =>
    overCells(async (cells) => {
      const rows = await results.ask('pareto');
      const figures = (latency: unknown, tokens: unknown) =>
        `${Number(latency).toPrecision(9)} ${Number(tokens).toPrecision(9)}`;
      expect(rows.map((row) => figures(row.request_latency_p95_ms, row.output_tokens_per_s)).sort()).toEqual(
        unbeaten(cells, 'run-1')
          .map((point) => figures(point.latency, point.tokensPerS))
          .sort(),
      );
    }));

  it('is each deployment where it answers soonest', () =>
    overCells(async (cells) => {
      const rows = await results.ask('lowest-latency');
      expectSame(
        rows.map((row) => [deploymentIn(row), row.request_latency_avg_ms]),
        fastestOf(cells, 'run-1').map((point) => [deploymentOf(point.row), point.latencyAvg]),
      );
    }));

  it('is how many cheaper instances stand for a dearer one', () =>
    overCells(async (cells) => {
      const rows = await results.ask('alternatives');
      const expected = alternativesOf(cells, 'run-1');
      const workload = (row: SqlRow) => keyOf(row, ...WORKLOAD);
      const keyed = rows.map((row): [string, SqlRow] => [
        JSON.stringify([workload(row), row.dear_deployment_id, row.deployment_id, row.rule]),
        row,
      ]);
      expectSame(
        keyed.map(([key, row]) => [key, row.instances]),
        [...expected].map(([key, { instances }]) => [key, instances]),
      );
      for (const [key, row] of keyed) {
        const { instances, dear, cheap } = expected.get(key)!;
        expectClose(row.times_cost, (instances * cheap.usdPerHour!) / dear.usdPerHour!);
        expectClose(row.output_tokens_per_s, instances * cheap.tokensPerS);
        expect(row.gpus).toBe(instances * cheap.row.gpu_count);
      }
    }));

  it('is the cheapest fleet for a load within the targets', () =>
    results.over(
      fc.tuple(arbitraryCells, arbitraryTarget, arbitraryTarget, fc.double({ min: 1, max: 1e5, noNaN: true })),
      ([cells]) => write(cells),
      async ([cells, latency, ttft, load]) => {
        const rows = await results.ask('fleet', ['run-1', SAMPLE_DAY, latency, ttft, 1e12, load]);
        expectSame(
          rows.map((row) => [deploymentIn(row), row.fleet_usd_per_hour]),
          fleetCosts(cells, 'run-1', { latency, ttft, itl: 1e12 }, load),
        );
        for (const row of rows) {
          expect(Number(row.instances) * Number(row.output_tokens_per_s)).toBeGreaterThanOrEqual(load * (1 - 1e-8));
          expect(Number(row.load_share)).toBeLessThanOrEqual(1 + 1e-8);
        }
        for (const group of Map.groupBy(rows, (row) => keyOf(row, ...WORKLOAD)).values()) {
          const costs = group.map((row) => Number(row.fleet_usd_per_hour));
          expect(costs).toEqual([...costs].sort((a, b) => a - b));
          expect(group.map((row) => row.place)).toEqual(group.map((_, index) => index + 1));
        }
      },
    ));

  it('is a fleet of whole instances: which load point is cheapest depends on the load', async () => {
    const at = (cell_id: string, concurrency: number, output_tokens_per_s: number, price_usd_per_hour: number) =>
      measuredSample({ cell_id, concurrency, output_tokens_per_s, price_usd_per_hour, fee_usd_per_hour: 0 });
    await write([at('a', 10, 100, 1), at('b', 20, 1000, 3)]);
    const fleetFor = async (load: number) => {
      const [row] = await results.ask('fleet', ['run-1', SAMPLE_DAY, 1e12, 1e12, 1e12, load]);
      return [row?.concurrency, row?.instances, row?.fleet_usd_per_hour, row?.load_share];
    };
    expect(await fleetFor(100)).toEqual([10, 1, 1, 1]);
    // Three times 985.17 is 2955.5099999999998 in binary.
    await write([at('c', 10, 985.17, 4)]);
    expect(await fleetFor(2955.51)).toEqual([10, 3, 12, expect.closeTo(1, 9)]);
    await write([at('a', 10, 100, 1), at('b', 20, 1000, 3)]);
    expect(await fleetFor(250)).toEqual([20, 1, 3, 0.25]);
    expect(await fleetFor(2500)).toEqual([20, 3, 9, 2500 / 3000]);
  });

  it('is how much of a GPU tensor parallelism keeps', () =>
    overCells(async (cells) => {
      const rows = await results.ask('scaling');
      expectSame(
        rows.map((row) => [deploymentIn(row), row.efficiency]),
        efficiencies(cells, 'run-1'),
      );
    }));

  it('is what GPUs cost that nothing runs on', () =>
    overCells(async (cells) => {
      const rows = await results.ask('stranded-gpus');
      expectSame(
        rows.map((row) => [deploymentIn(row), row.stranded_usd_per_hour]),
        peaksOf(cells, 'run-1').map(({ row, usdPerHour }) => [
          deploymentOf(row),
          usdPerHour === null
            ? null
            : (usdPerHour * (row.gpu_count - row.tensor_parallel! * row.pipeline_parallel!)) / row.gpu_count,
        ]),
      );
    }));

  it('is how a deployment changed from run to run', () =>
    overCells(async (cells) => {
      const rows = (await results.ask('history', ['d1', ...EVER])).map((row) => ({ ...row, deployment_id: 'd1' }));
      const found = Map.groupBy(rows as SqlRow[], (row) =>
        keyOf(row, 'deployment_id', ...WORKLOAD, 'concurrency', 'request_rate_per_s'),
      );
      const expected = historyOf(cells, 'd1');
      expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
      for (const [load, measured] of expected) {
        const group = found.get(load)!;
        expect(group).toHaveLength(measured.length);
        group.forEach((row, index) => {
          const [tokens, percent] = measured[index]!;
          expectClose(row.output_tokens_per_s, tokens!);
          expectClose(row.output_tokens_per_s_change_percent, percent!);
        });
      }
    }));

  it('is what a run changed against its baseline, and what only one of them has', () =>
    overCells(async (cells) => {
      const rows = await results.ask('baseline', ['run-2', SAMPLE_DAY, 'run-1', SAMPLE_DAY]);
      const found = rows.map((row) =>
        pairKey({
          load: keyOf(row, 'deployment_id', ...WORKLOAD, 'concurrency', 'request_rate_per_s'),
          now: row.output_tokens_per_s as number | null,
          before: row.baseline_output_tokens_per_s as number | null,
          percent: row.output_tokens_per_s_change_percent as number | null,
        }),
      );
      expect(found.sort()).toEqual(comparedOf(cells, 'run-2', 'run-1'));
    }));

  it('compares nothing simulated with anything measured', async () => {
    await write([
      measuredSample({ cell_id: 'a', run_id: 'run-1', output_tokens_per_s: 100 }),
      measuredSample({ cell_id: 'a', run_id: 'run-2', output_tokens_per_s: 200, simulated: true }),
    ]);
    const compared = await results.ask('baseline', ['run-2', SAMPLE_DAY, 'run-1', SAMPLE_DAY]);
    expect(compared.map((row) => [row.simulated, row.output_tokens_per_s, row.baseline_output_tokens_per_s])).toEqual([
      [false, null, 100],
      [true, 200, null],
    ]);
    const history = await results.ask('history', ['d0', ...EVER]);
    expect(history.map((row) => row.output_tokens_per_s_change_percent)).toEqual([null, null]);
  });

  it('leaves out what is not valid, whatever is asked', async () => {
    const invalid = { valid: false, invalid_reasons: 'occupancy', output_tokens_per_s: 9e9, request_latency_avg_ms: 1 };
    await write([
      measuredSample({ cell_id: 'b', ...invalid }),
      measuredSample({ cell_id: 'c', run_id: 'run-2', ...invalid }),
    ]);
    for (const question of ['pareto', 'lowest-latency', 'alternatives', 'scaling', 'stranded-gpus'] as const) {
      expect(await results.ask(question)).toEqual([]);
    }
    expect(await results.ask('fleet', ['run-1', SAMPLE_DAY, 1e12, 1e12, 1e12, 100])).toEqual([]);
    expect(await results.ask('history', ['d0', ...EVER])).toEqual([]);
    expect(await results.ask('baseline', ['run-1', SAMPLE_DAY, 'run-2', SAMPLE_DAY])).toEqual([]);
  });
});
