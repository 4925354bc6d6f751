import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measuredSample } from '#test/core/results/samples.ts';
import { SAMPLE_DAY, writeResults } from '#test/local/sql/results-store.ts';
import { openResultsUnderTest, type ResultsUnderTest } from './results-under-test.ts';

/** A deployment at its one load point. */
interface Kind {
  tokensPerS: number;
  usdPerHour: number;
}

const kinds = fc.array(
  fc.record({ tokensPerS: fc.integer({ min: 100, max: 1500 }), usdPerHour: fc.integer({ min: 1, max: 20 }) }),
  { minLength: 1, maxLength: 4 },
);

/** The cheapest fleet of any mix, by trying them all. */
function cheapestMix(of: readonly Kind[], load: number): number {
  const [kind, ...others] = of;
  if (load <= 0) return 0;
  if (kind === undefined) return Number.POSITIVE_INFINITY;
  let best = Number.POSITIVE_INFINITY;
  for (let count = 0; count <= Math.ceil(load / kind.tokensPerS); count += 1) {
    best = Math.min(best, count * kind.usdPerHour + cheapestMix(others, load - count * kind.tokensPerS));
  }
  return best;
}

describe('a fleet of one kind', () => {
  let results: ResultsUnderTest;
  beforeAll(async () => {
    results = await openResultsUnderTest(25);
  });
  afterAll(() => results.close());

  const write = (of: readonly Kind[]) =>
    writeResults(results.store, {
      cells: of.map(({ tokensPerS, usdPerHour }, index) =>
        measuredSample({
          ...{ cell_id: `c${index}`, deployment_id: `d${index}`, output_tokens_per_s: tokensPerS },
          ...{ price_usd_per_hour: usdPerHour, fee_usd_per_hour: 0 },
        }),
      ),
    });
  const ask = (load: number) => results.ask('fleet', ['run-1', SAMPLE_DAY, 1e12, 1e12, 1e12, load]);

  it('is dearer than the best mix by less than one instance, and the mix by no less than is said', () =>
    results.over(
      fc.tuple(kinds, fc.integer({ min: 1, max: 6000 })),
      ([of]) => write(of),
      async ([of, load]) => {
        const [first, ...others] = await ask(load);
        const mix = cheapestMix(of, load);
        const [cost, least] = [Number(first?.fleet_usd_per_hour), Number(first?.least_usd_per_hour)];
        expect(least).toBeLessThanOrEqual(mix * (1 + 1e-9));
        expect(mix).toBeLessThanOrEqual(cost);
        const efficient = of.toSorted((a, b) => a.usdPerHour / a.tokensPerS - b.usdPerHour / b.tokensPerS)[0]!;
        expect(cost - least).toBeLessThan(efficient.usdPerHour);
        for (const other of others) expect(other.least_usd_per_hour).toBe(first?.least_usd_per_hour);
      },
    ));

  it('says of a small one that a mix may be worth a look, and of a large one that it is not', async () => {
    await results.empty();
    await write([
      { tokensPerS: 1000, usdPerHour: 10 },
      { tokensPerS: 100, usdPerHour: 1.5 },
    ]);
    const [small] = await ask(1100);
    // One of each would do for 11.5.
    expect(small).toMatchObject({ fleet_usd_per_hour: 16.5, least_usd_per_hour: expect.closeTo(11, 9) });
    const [large] = await ask(100_100);
    expect(large).toMatchObject({ fleet_usd_per_hour: 1010, least_usd_per_hour: expect.closeTo(1001, 9) });
  });
});
