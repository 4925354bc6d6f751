import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CellRow } from '#core/results/cell-columns.ts';
import { compareRuns } from '#core/results/compare/compare.ts';
import { failedSample } from '../samples.ts';
import { normals, sampleRun, TWO_DEPLOYMENTS } from './runs.ts';

/** A scatter of 1 % from repeat to repeat. */
const noisy = (seed: number, factor: (row: CellRow) => number = () => 1) => {
  const next = normals(seed);
  return (row: CellRow) => factor(row) * Math.exp(0.01 * next());
};

const monday = sampleRun({ run: 'monday', repeats: 3, factor: noisy(1) });
const tuesday = (factor?: (row: CellRow) => number, change?: (row: CellRow) => Partial<CellRow>) =>
  sampleRun({ run: 'tuesday', repeats: 3, factor: noisy(2, factor), ...(change === undefined ? {} : { change }) });

const isSmall = (row: CellRow) => row.deployment_id === 'd-small';

describe('a run against its baseline', () => {
  it('is no regression when nothing changed', () => {
    const { verdict, costs, deployments, cells, left } = compareRuns(tuesday(), monday);
    expect(verdict).toBe('no-regression');
    expect(left).toEqual([]);
    expect(costs).toHaveLength(1);
    expect(deployments.map(({ deployment }) => deployment)).toEqual(['d-small', 'd-large']);
    // Two deployments at two concurrencies, in throughput, latency and TTFT.
    expect(cells).toHaveLength(12);
  });

  it('finds the deployment that became slower, and only that', () => {
    const { verdict, deployments, cells, costs } = compareRuns(
      tuesday((row) => (isSmall(row) ? 0.82 : 1)),
      monday,
    );
    expect(verdict).toBe('regression');
    expect(deployments.map(({ judgement }) => judgement)).toEqual(['regression', 'no-regression']);
    expect(deployments[0]?.effect.change).toBeCloseTo(-0.18, 1);
    expect(costs[0]?.judgement).toBe('no-regression');
    for (const { judgement, pair } of cells) {
      if (judgement === 'regression') expect(pair.run.rows[0]?.deployment_id).toBe('d-small');
    }
  });

  it('finds a latency that grew while the throughput stayed', () => {
    const { verdict, cells } = compareRuns(
      tuesday(undefined, (row) => (isSmall(row) && row.concurrency === 50 ? { ttft_p95_ms: 900 + row.repeat } : {})),
      monday,
    );
    expect(verdict).toBe('regression');
    expect(cells.filter(({ judgement }) => judgement === 'regression').map(({ metric }) => metric)).toEqual([
      'ttft_p95_ms',
    ]);
  });

  it('says an improvement, which is no regression', () => {
    const { verdict, deployments } = compareRuns(
      tuesday(() => 1.2),
      monday,
    );
    expect(verdict).toBe('no-regression');
    expect(deployments.map(({ judgement }) => judgement)).toEqual(['improvement', 'improvement']);
  });

  it('does not call a change that is smaller than the threshold, however sure it is', () => {
    const slower = tuesday(() => 0.85);
    expect(compareRuns(slower, monday).verdict).toBe('regression');
    expect(compareRuns(slower, monday, 0.2).verdict).not.toBe('regression');
    expect(compareRuns(slower, monday, 0.4).verdict).toBe('no-regression');
  });

  it('answers in dollars: a price that went up is a regression, and is told apart', () => {
    const dearer = tuesday(undefined, (row) => ({ price_usd_per_hour: row.price_usd_per_hour! * 1.3 }));
    const { verdict, costs, deployments } = compareRuns(dearer, monday);
    expect(verdict).toBe('regression');
    // The fee stays.
    expect(costs[0]?.priceChange).toBeCloseTo((5.672 * 1.3 + 0.19) / (5.672 + 0.19) - 1, 9);
    expect(costs[0]?.judgement).toBe('regression');
    expect(deployments.every(({ judgement }) => judgement === 'no-regression')).toBe(true);
  });

  it('says which deployment is the cheapest now, where that changed', () => {
    const { costs } = compareRuns(
      tuesday((row) => (isSmall(row) ? 1 : 0.5)),
      monday,
    );
    const types = [costs[0]?.run, costs[0]?.baseline].map((best) => best?.point.rows[0]?.instance_type);
    expect(types).toEqual(['g5.8xlarge', 'g5.12xlarge']);
    // Each at its peak.
    expect(costs[0]?.run.point.rows[0]?.concurrency).toBe(50);
  });

  it('takes the mean of the repeats at one price for the cost, as price-performance does', () => {
    const rates = { 1: 1500, 2: 500, 3: 1000 } as Record<number, number>;
    const uneven = tuesday(undefined, (row) => ({
      output_tokens_per_s: isSmall(row) ? 100 : (rates[row.repeat] as number),
      price_usd_per_hour: 3.41,
    }));
    expect(compareRuns(uneven, uneven).costs[0]?.run.usdPerMillion).toBeCloseTo(((3.41 + 0.19) / 3.6e6) * 1e6, 9);
    const spot = tuesday(undefined, (row) => (row.repeat === 3 ? {} : { price_usd_per_hour: 1 }));
    const { run } = compareRuns(spot, spot).costs[0]!;
    expect(new Set(run.rows.map((row) => row.price_usd_per_hour)).size).toBe(1);
    expect(run.usdPerHour).toBeCloseTo(run.rows[0]!.price_usd_per_hour! + 0.19, 9);
  });

  it('has no answer in dollars where there is no price', () => {
    const free = TWO_DEPLOYMENTS.map((deployment) => ({ ...deployment, price_usd_per_hour: null }));
    const [run, baseline] = ['b', 'a'].map((id) => sampleRun({ run: id, repeats: 3, deployments: free }));
    expect(compareRuns(run!, baseline!)).toMatchObject({ verdict: 'no-regression', costs: [] });
  });

  it('may take a single repeat for a regression when it is far off, and not when noise explains it', () => {
    const [before, alike, slower] = [1, 0.93, 0.6].map((factor) =>
      sampleRun({ run: `r${factor}`, repeats: 1, factor: () => factor }),
    );
    expect(compareRuns(slower!, before!).verdict).toBe('regression');
    const { verdict, cells } = compareRuns(alike!, before!);
    expect(verdict).toBe('inconclusive');
    expect(cells.every(({ effect }) => effect.basis === 'assumed')).toBe(true);
  });
});

describe('what cannot be compared', () => {
  const change = (over: Partial<CellRow>) => (row: CellRow) => (isSmall(row) && row.concurrency === 50 ? over : {});

  it.each<[string, Partial<CellRow>, string]>([
    ['not valid', { valid: false, invalid_reasons: 'occupancy' }, 'in the run not valid: occupancy'],
    ['simulated', { simulated: true }, 'simulated in one run and measured in the other'],
    ['of another generator', { generator: 'genai-perf' }, 'by genai-perf in the run and by aiperf in the baseline'],
  ])('is a load that is %s: the rest is compared, and the run is not called free of regressions', (_, over, reason) => {
    const { verdict, left, cells } = compareRuns(tuesday(undefined, change(over)), monday);
    expect(verdict).toBe('inconclusive');
    expect(left).toMatchObject([{ reason: expect.stringContaining(reason), blocks: true }]);
    expect(cells).toHaveLength(9);
  });

  it('is a load that failed, with why', () => {
    const failed = tuesday().map((row) =>
      isSmall(row) ? failedSample({ ...pick(row), error_name: 'NoCapacity' }) : row,
    );
    const { left, deployments } = compareRuns(failed, monday);
    expect(left.map(({ reason }) => reason)).toEqual([
      'in the run failed: NoCapacity',
      'in the run failed: NoCapacity',
    ]);
    expect(deployments).toHaveLength(1);
  });

  it('is a load that only one of the runs asked for, which says nothing about the other', () => {
    const [less, more] = [[10], [10, 50]].map((concurrencies) =>
      sampleRun({ run: `r${concurrencies.length}`, repeats: 3, concurrencies }),
    );
    expect(compareRuns(less!, more!)).toMatchObject({ verdict: 'no-regression', left: [{ blocks: false }, {}] });
    expect(compareRuns(more!, less!)).toMatchObject({ verdict: 'no-regression', left: [{ blocks: false }, {}] });
  });

  it('is everything, of two runs that have nothing in common', () => {
    const other = tuesday(undefined, (row) => ({ cell_id: `x${row.cell_id}`, deployment_id: `x${row.deployment_id}` }));
    expect(compareRuns(other, monday)).toMatchObject({
      verdict: 'inconclusive',
      cells: [],
      deployments: [],
      costs: [],
    });
    expect(compareRuns([], []).verdict).toBe('inconclusive');
  });

  it('is a cell that the run was to measure and has no row of', () => {
    const [part, whole] = [[10], [10, 50]].map((concurrencies) =>
      sampleRun({ run: `r${concurrencies.length}`, repeats: 3, concurrencies }),
    );
    const asked = new Set(whole!.map(({ cell_id }) => cell_id));
    expect(compareRuns(part!, whole!, 0.1, asked)).toMatchObject({
      verdict: 'inconclusive',
      left: [{ reason: 'the run was to measure it, and has no row of it', blocks: true }, { blocks: true }],
    });
  });

  it.each<[string, Partial<CellRow>]>([
    ['may no longer be ranked', { ttft_p95_ms: 4000, ttft_valid: false, ttft_invalid_reasons: 'client-bound' }],
    ['is missing', { ttft_p95_ms: null, ttft_valid: null }],
  ])('is a figure of the baseline that in the run %s: it did not get better for that', (_, over) => {
    const { verdict, left, cells } = compareRuns(tuesday(undefined, change(over)), monday);
    expect(verdict).toBe('inconclusive');
    expect(left).toMatchObject([{ metric: 'ttft_p95_ms', blocks: true }]);
    expect(cells).toHaveLength(11);
    const back = compareRuns(monday, tuesday(undefined, change(over)));
    expect(back).toMatchObject({ verdict: 'no-regression', left: [] });
  });

  it('is the repeats that are not valid any more: those that are may be the lucky ones', () => {
    const survivors = tuesday(undefined, (row) =>
      row.repeat > 1 ? { valid: false, invalid_reasons: 'preemptions' } : {},
    );
    const { verdict, left } = compareRuns(survivors, monday);
    expect(verdict).toBe('inconclusive');
    expect(left).toHaveLength(4);
    expect(left[0]).toMatchObject({
      reason: '2 of its 3 repeats, in the run not valid: preemptions',
      blocks: true,
    });
    expect(compareRuns(monday, survivors).left).toEqual([]);
  });

  it('is the cost of a run that has lost its price', () => {
    const free = tuesday(undefined, () => ({ price_usd_per_hour: null }));
    expect(compareRuns(free, monday)).toMatchObject({
      verdict: 'inconclusive',
      costs: [],
      left: [{ reason: 'its cost, for the run has no price', blocks: true }],
    });
  });

  it('is what was cheapest in the baseline at a load that only the baseline has: it is told', () => {
    const [less, more] = [[10], [10, 50]].map((concurrencies) =>
      sampleRun({ run: `r${concurrencies.length}`, repeats: 3, concurrencies }),
    );
    const { costs } = compareRuns(less!, more!);
    expect(costs[0]?.baseline.point.rows[0]?.concurrency).toBe(10);
    expect(costs[0]?.cheaperBefore?.point.rows[0]?.concurrency).toBe(50);
    expect(compareRuns(more!, more!).costs[0]).not.toHaveProperty('cheaperBefore');
  });

  it('is a worse attempt, beside a better one at the same cell', () => {
    const again = tuesday().flatMap((row) => [{ ...row, valid: false, attempt: 2 }, row]);
    expect(compareRuns(again, monday).verdict).toBe('no-regression');
  });
});

describe('repeats that disagree', () => {
  it('are said, of the run that they are in', () => {
    const { cells } = compareRuns(
      tuesday((row) => (isSmall(row) && row.concurrency === 10 && row.repeat === 3 ? 0.85 : 1)),
      monday,
    );
    const disagreeing = cells.filter(({ pair }) => pair.run.disagreements.length > 0);
    expect(new Set(disagreeing.map(({ pair }) => pair.run.rows[0]?.cell_id))).toEqual(new Set(['d-small-10-1']));
    expect(disagreeing[0]?.pair.run.disagreements).toEqual(['output_tokens_per_s']);
    expect(disagreeing[0]?.pair.baseline.disagreements).toEqual([]);
  });
});

it('turns around: what is worse one way is better the other', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0.6, max: 1.6, noNaN: true }), (seed, factor) => {
      const baseline = sampleRun({ run: 'a', repeats: 2, factor: noisy(seed) });
      const run = sampleRun({ run: 'b', repeats: 2, factor: noisy(seed + 1, () => factor) });
      const [one, other] = [compareRuns(run, baseline), compareRuns(baseline, run)];
      for (const [index, cell] of one.cells.entries()) {
        const back = other.cells[index]!;
        expect(back.adjustedP).toBeCloseTo(cell.adjustedP, 9);
        // By more than a threshold one way is by more than a little less the other.
        if (cell.judgement === 'improvement' && Math.abs(cell.effect.change) > 0.12)
          expect(back.judgement).toBe('regression');
      }
    }),
    { numRuns: 40 },
  );
});

const pick = ({ run_id, cell_id, deployment_id, concurrency, repeat }: CellRow) => ({
  run_id,
  cell_id,
  deployment_id,
  concurrency,
  repeat,
});
