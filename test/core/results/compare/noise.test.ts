import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CellRow } from '#core/results/cell-columns.ts';
import { noiseOf } from '#core/results/compare/noise.ts';
import { pairs } from '#core/results/compare/pairs.ts';
import { normals, sampleRun } from './runs.ts';

/** The noise of the first load's throughput in two runs of so many repeats, as a standard deviation. */
function noise(repeats: number, run: (row: CellRow) => number, baseline: (row: CellRow) => number = run) {
  const of = (name: string, factor: (row: CellRow) => number) =>
    sampleRun({ run: name, repeats, factor, concurrencies: [10, 20, 40, 80, 120, 200] });
  const { pairs: found } = pairs(of('b', run), of('a', baseline));
  const { variance, df } = noiseOf(found)(found[0]!, 'output_tokens_per_s');
  return { std: Math.sqrt(variance), df };
}

const scatter = (seed: number, std: number) => {
  const next = normals(seed);
  return () => Math.exp(std * next());
};

describe('the noise of a repeat', () => {
  it('is what is assumed, where nothing says more, and known no better than that', () => {
    // Two runs of one load: neither repeats nor other loads.
    const of = (run: string) => sampleRun({ run, repeats: 1, concurrencies: [10], deployments: [DEPLOYMENT] });
    const { pairs: found } = pairs(of('b'), of('a'));
    const { variance, df } = noiseOf(found)(found[0]!, 'output_tokens_per_s');
    expect([Math.sqrt(variance), df]).toEqual([expect.closeTo(0.03, 12), 3]);
  });

  it('is what the repeats scatter by, the more of them there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom(0.01, 0.02, 0.08), (seed, std) => {
        const next = scatter(seed, std);
        const { std: seen, df } = noise(20, next);
        expect(df).toBe(3 + 2 * 19);
        expect(seen / std).toBeGreaterThan(0.65);
        expect(seen / std).toBeLessThan(1.5);
      }),
      { numRuns: 40 },
    );
  });

  it('is larger for the load whose repeats scatter more than those of the others', () => {
    const quiet = noise(5, scatter(1, 0.01)).std;
    const next = normals(2);
    const loud = noise(5, (row) =>
      Math.exp((row.concurrency === 10 && row.deployment_id === 'd-small' ? 0.1 : 0.01) * next()),
    );
    expect(loud.std).toBeGreaterThan(2 * quiet);
  });

  it('is, without repeats, what the changes of the cells scatter by', () => {
    const [calm, loud] = [0.002, 0.15].map((std) => noise(1, scatter(3, std), scatter(4, std)).std);
    expect(calm).toBeLessThan(0.03);
    expect(loud).toBeGreaterThan(0.06);
    expect(loud).toBeLessThan(0.25);
  });

  it('is not that of the one cell which changed', () => {
    const isIt = (row: CellRow) => row.concurrency === 40 && row.deployment_id === 'd-large';
    expect(
      noise(
        1,
        (row) => (isIt(row) ? 0.4 : 1),
        () => 1,
      ).std,
    ).toBeLessThan(0.03);
  });

  it('is not that of a deployment which changed as a whole', () => {
    expect(
      noise(
        1,
        (row) => (row.deployment_id === 'd-large' ? 0.4 : 1),
        () => 1,
      ).std,
    ).toBeLessThan(0.03);
  });
});

const DEPLOYMENT = { id: 'd', instance_type: 'g5.8xlarge', price_usd_per_hour: 2 };
