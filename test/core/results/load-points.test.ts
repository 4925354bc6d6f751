import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadPoints } from '#core/results/load-points.ts';
import { failedSample, measuredSample } from './samples.ts';

const repeats = (...tokensPerS: number[]) =>
  tokensPerS.map((value, index) =>
    measuredSample({ cell_id: `c${index}`, repeat: index + 1, output_tokens_per_s: value }),
  );

describe('load points', () => {
  it('are the repeats of one load on one deployment, in any order', () => {
    const rows = [
      ...repeats(100, 110, 120),
      ...repeats(50, 60).map((row) => ({ ...row, cell_id: `${row.cell_id}x`, concurrency: 99 })),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
        const points = loadPoints(shuffled);
        expect(points.map(({ metrics }) => metrics.output_tokens_per_s?.mean).toSorted()).toEqual([110, 55]);
        expect(points.flatMap((point) => point.rows.map(({ repeat }) => repeat)).toSorted()).toEqual([1, 1, 2, 2, 3]);
      }),
    );
  });

  it('take the last valid attempt at a cell, whatever came after it', () => {
    const [row] = repeats(100);
    const attempts = [
      { ...row!, attempt: 1, output_tokens_per_s: 10 },
      { ...row!, attempt: 2, output_tokens_per_s: 20 },
      { ...row!, attempt: 3, valid: false, output_tokens_per_s: 30 },
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(attempts, { minLength: 3 }), (shuffled) => {
        expect(loadPoints(shuffled)[0]?.metrics.output_tokens_per_s).toMatchObject({ count: 1, mean: 20 });
      }),
    );
  });

  it('have no figures where nothing is valid, and none of a metric that was not measured', () => {
    const [point] = loadPoints([failedSample(), measuredSample({ cell_id: 'b', valid: false })]);
    expect(point).toMatchObject({ valid: [], metrics: {}, disagreements: [] });
    const [unstreamed] = loadPoints([measuredSample({ ttft_p95_ms: null })]);
    expect(Object.keys(unstreamed?.metrics ?? {})).toEqual(['output_tokens_per_s', 'request_latency_p95_ms']);
    const [late] = loadPoints([measuredSample({ ttft_valid: false })]);
    expect(Object.keys(late?.metrics ?? {})).toEqual(['output_tokens_per_s', 'request_latency_p95_ms']);
  });

  it.each([
    ['within a tenth of their mean', [95.1, 100, 104.9], []],
    ['further apart than a tenth', [94.9, 100, 105.1], ['output_tokens_per_s']],
    ['alone', [100], []],
  ])('whose repeats are %s', (_, values, disagreements) => {
    expect(loadPoints(repeats(...values))[0]?.disagreements).toEqual(disagreements);
  });
});
