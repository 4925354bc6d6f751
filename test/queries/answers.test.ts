import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Slo } from '#core/plan/types.ts';
import type { SqlRow } from '#core/ports/sql.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { parametersOf } from '#core/results/questions.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import { measuredSample } from '#test/core/results/samples.ts';
import { SAMPLE_DAY, sampleRunAsked, writeResults } from '#test/local/sql/results-store.ts';
import { arbitraryCells, arbitraryDeployments, arbitraryTarget } from './arbitrary-results.ts';
import { cheapestWithin, peakTokensPerS, totalsOf, type Winners, winnersIn } from './expected-answers.ts';
import { openResultsUnderTest, type ResultsUnderTest } from './results-under-test.ts';

const { questions } = loadQueries();
const RUNS = 8;

describe('the answers of queries/', () => {
  let results: ResultsUnderTest;
  beforeAll(async () => {
    results = await openResultsUnderTest(RUNS);
  });
  afterAll(() => results.close());
  beforeEach(() => results.empty());

  const ask: ResultsUnderTest['ask'] = (question, parameters) => results.ask(question, parameters);
  const over: ResultsUnderTest['over'] = (rows, write, check) => results.over(rows, write, check);

  const overCells = (check: (cells: CellRow[]) => Promise<void>) =>
    over(arbitraryCells, (cells) => writeResults(results.store, { cells }), check);

  const expectClose = (found: Winners, expected: Winners) => {
    expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
    for (const [key, value] of Object.entries(expected)) {
      if (value === null) expect(found[key]).toBeNull();
      else expect(found[key]).toBeCloseTo(value, 6 - Math.max(0, Math.ceil(Math.log10(Math.abs(value) + 1))));
    }
  };

  it('find the peak of each deployment, and what a million tokens cost there', () =>
    overCells(async (cells) => {
      const rows = await ask('price-performance');
      expectClose(winnersIn(rows, 'output_tokens_per_s'), peakTokensPerS(cells, 'run-1'));
      for (const row of rows) {
        const { output_tokens_per_s: tokens, usd_per_million_output_tokens: usd, usd_per_hour: hour } = row;
        const noPrice = row.price_usd_per_hour === null;
        expect(hour).toBe(noPrice ? null : Number(row.price_usd_per_hour) + Number(row.fee_usd_per_hour));
        if (tokens === 0 || noPrice) expect(usd).toBeNull();
        else expect(Number(usd) * Number(tokens) * 0.0036).toBeCloseTo(Number(hour), 6);
      }
    }));

  it('rank deployments by cost, within one workload', () =>
    overCells(async () => {
      const workload = (row: SqlRow) =>
        JSON.stringify([row.model, row.isl_tokens, row.osl_tokens, row.streaming, row.simulated]);
      for (const question of ['price-performance', 'low-latency'] as const) {
        const rows = await ask(question, parametersOf(questions[question], sampleRunAsked()));
        for (const group of Map.groupBy(rows, workload).values()) {
          expect(group.map((row) => row.place)).toEqual(group.map((_, index) => index + 1));
          const costs = group.map((row) => row.usd_per_million_output_tokens ?? Number.POSITIVE_INFINITY).map(Number);
          expect(costs).toEqual([...costs].sort((a, b) => a - b));
        }
      }
    }));

  it('find the cheapest load point within the targets', () =>
    over(
      fc.tuple(arbitraryCells, arbitraryTarget, arbitraryTarget, arbitraryTarget),
      ([cells]) => writeResults(results.store, { cells }),
      async ([cells, latency, ttft, itl]) => {
        const rows = await ask('low-latency', ['run-1', SAMPLE_DAY, latency, ttft, itl]);
        const expected = cheapestWithin(cells, 'run-1', [latency, ttft, itl]);
        expectClose(winnersIn(rows, 'usd_per_million_output_tokens'), expected);
      },
    ));

  it('show every cell once, with the reason why it may not be ranked', () =>
    overCells(async (cells) => {
      const rows = await ask('cells');
      const expected = cells.filter((cell) => cell.run_id === 'run-1');
      const reasonOf = ({ status, error_name, error_reason, invalid_reasons }: CellRow) =>
        status === 'failed' ? `${error_name}: ${error_reason}` : invalid_reasons;
      const sorted = (pairs: unknown[]) => pairs.map((pair) => JSON.stringify(pair)).sort();
      expect(sorted(rows.map((row) => [row.cell_id, row.attempt, row.valid, row.reason]))).toEqual(
        sorted(expected.map((cell) => [cell.cell_id, cell.attempt, cell.valid, reasonOf(cell)])),
      );
    }));

  it('add up what the nodes of the run cost', () =>
    over(
      arbitraryDeployments,
      (deployments) => writeResults(results.store, { deployments }),
      async (deployments) => {
        const rows = await ask('run-cost');
        const { nodes, total, anySimulated } = totalsOf(deployments, 'run-1');
        if (nodes === 0) return expect(rows).toEqual([]);
        expect(rows).toHaveLength(nodes + 1);
        const last = rows.at(-1)!;
        expect([last.role, last.simulated, last.cells_failed]).toEqual(['total', anySimulated, total('cells_failed')]);
        for (const name of ['total_usd', 'measure_usd', 'idle_usd', 'node_s'] as const) {
          expect(last[name]).toBeCloseTo(total(name), 6);
        }
        const phases = ['launch', 'pull', 'load', 'measure', 'idle', 'release'].map((phase) =>
          Number(last[`${phase}_usd`]),
        );
        expect(phases.reduce((sum, usd) => sum + usd, 0)).toBeCloseTo(Number(last.total_usd), 6);
        const valid = total('cells_valid');
        if (valid === 0) expect(last.usd_per_valid_cell).toBeNull();
        else expect(last.usd_per_valid_cell).toBeCloseTo(total('total_usd') / valid, 6);
      },
    ));

  it('do not change when a file is written again, on the same day or another', () =>
    overCells(async (cells) => {
      const before = [await ask('price-performance'), await ask('cells')];
      await writeResults(results.store, { cells });
      await writeResults(results.store, { cells }, '2026-02-01');
      expect([await ask('price-performance'), await ask('cells')]).toEqual(before);
    }));

  it('never rank a number that is not valid, however good it is', async () => {
    const cells = [
      measuredSample({ cell_id: 'true', output_tokens_per_s: 100 }),
      measuredSample({
        cell_id: 'false',
        concurrency: 20,
        output_tokens_per_s: 9000,
        valid: false,
        invalid_reasons: 'occupancy',
        invalid_explanation: 'Fewer requests were in flight than were asked for.',
      }),
    ];
    await writeResults(results.store, { cells });
    expect((await ask('price-performance')).map((row) => row.output_tokens_per_s)).toEqual([100]);
    expect(
      (await ask('low-latency', parametersOf(questions['low-latency'], sampleRunAsked()))).map(
        (row) => row.concurrency,
      ),
    ).toEqual([10]);
    const told = (await ask('cells')).map((row) => [row.reason, row.invalid_explanation]);
    expect(told).toEqual([
      [null, null],
      ['occupancy', 'Fewer requests were in flight than were asked for.'],
    ]);
  });

  it('take the mean over repeats of a load point, and compare load points', async () => {
    const at = (concurrency: number, repeat: number, output_tokens_per_s: number, request_latency_p95_ms: number) =>
      measuredSample({
        cell_id: `${concurrency}-${repeat}`,
        concurrency,
        repeat,
        output_tokens_per_s,
        request_latency_p95_ms,
      });
    const cells = [at(10, 1, 100, 10), at(10, 2, 300, 30), at(20, 1, 250, 40), at(40, 1, 150, 400)];
    await writeResults(results.store, { cells });
    const [peak] = await ask('price-performance');
    expect([peak?.concurrency, peak?.output_tokens_per_s, peak?.repeats]).toEqual([20, 250, 1]);
    const within = async (latency: number) => {
      const [row] = await ask(
        'low-latency',
        parametersOf(questions['low-latency'], sampleRunAsked({ requestLatencyP95Ms: latency })),
      );
      return [row?.concurrency, row?.output_tokens_per_s, row?.repeats];
    };
    expect(await within(1000)).toEqual([20, 250, 1]);
    expect(await within(39)).toEqual([10, 200, 2]);
  });

  it('keep what was simulated apart from what was measured', async () => {
    const cells = [
      measuredSample({ cell_id: 'a', repeat: 1, output_tokens_per_s: 100 }),
      measuredSample({ cell_id: 'b', repeat: 2, output_tokens_per_s: 300, simulated: true }),
    ];
    await writeResults(results.store, { cells });
    const rows = await ask('price-performance');
    expect(rows.map((row) => [row.output_tokens_per_s, row.repeats, row.simulated])).toEqual([
      [100, 1, false],
      [300, 1, true],
    ]);
    expect(rows.map(({ place }) => place)).toEqual([1, 1]);
    // However much faster a simulation is, it takes no measured point off the choice.
    expect(await ask('pareto')).toHaveLength(2);
  });

  it('take a target for TTFT as not met by what was not streamed', async () => {
    const cells = [
      measuredSample({ streaming: false, ttft_p95_ms: null, itl_p95_ms: null, request_latency_p95_ms: 100 }),
    ];
    await writeResults(results.store, { cells });
    const within = (slo: Slo) => ask('low-latency', parametersOf(questions['low-latency'], sampleRunAsked(slo)));
    expect(await within({ requestLatencyP95Ms: 100 })).toHaveLength(1);
    expect(await within({ requestLatencyP95Ms: 99.9 })).toHaveLength(0);
    expect(await within({ ttftP95Ms: 1e9 })).toHaveLength(0);
  });

  it('never show a TTFT that is not valid, and take it as met only where even it is below the target', async () => {
    const cells = [
      measuredSample({ cell_id: 'a', repeat: 1, ttft_p95_ms: 100, ttft_valid: true }),
      measuredSample({ cell_id: 'b', repeat: 2, ttft_p95_ms: 140, ttft_valid: false }),
    ];
    await writeResults(results.store, { cells });
    const within = (slo: Slo) => ask('low-latency', parametersOf(questions['low-latency'], sampleRunAsked(slo)));
    expect(await within({ ttftP95Ms: 120 })).toMatchObject([{ ttft_p95_ms: 100, ttft_p95_at_most_ms: 120 }]);
    expect(await within({ ttftP95Ms: 119 })).toHaveLength(0);
    await writeResults(results.store, { cells: cells.slice(1) });
    for (const question of ['low-latency', 'price-performance', 'pareto', 'lowest-latency', 'repeats'] as const) {
      expect(await ask(question, parametersOf(questions[question], sampleRunAsked()))).toMatchObject([
        { ttft_p95_ms: null, output_tokens_per_s: expect.any(Number) },
      ]);
    }
  });
});
