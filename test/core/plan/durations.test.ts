import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assumedCellSeconds, assumedTokensPerSecond } from '#core/plan/durations.ts';

const lines = readFileSync(new URL('../../fixtures/predecessor/cells.csv', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const [header, ...rows] = lines.map((line) => line.split(','));
const measured = rows.map((row) => Object.fromEntries((header ?? []).map((name, index) => [name, row[index] ?? ''])));

describe('the throughput that is assumed', () => {
  it.each(measured.map((row) => [`${row.instance_type} at ${row.concurrency}`, row] as const))(
    'is not more than was measured on %s',
    (_, row) => {
      const tokensPerSecond = Number(row.output_token_throughput);
      expect(assumedTokensPerSecond(Number(row.concurrency))).toBeLessThanOrEqual(tokensPerSecond);
    },
  );
});

const cell = { concurrency: 10, requestRate: null, isl: 200, osl: 128, requestCount: 100, warmupRequestCount: 10 };

describe('the seconds of a cell', () => {
  it('grow with requests, prompts and answers', () => {
    const seconds = assumedCellSeconds(cell);
    expect(seconds).toBeCloseTo((110 * 128) / 170 + (110 * 200) / 5000, 6);
    expect(assumedCellSeconds({ ...cell, requestCount: 200 })).toBeGreaterThan(seconds);
    expect(assumedCellSeconds({ ...cell, isl: 20_000 })).toBeGreaterThan(seconds);
    expect(assumedCellSeconds({ ...cell, osl: 256 })).toBeGreaterThan(seconds);
  });

  it('are those of its rate when the load is open, unless the engine cannot keep up', () => {
    const open = { ...cell, concurrency: null, requestRate: 1, requestCount: 60, warmupRequestCount: 0 };
    expect(assumedCellSeconds(open)).toBeGreaterThan(60);
    expect(assumedCellSeconds(open)).toBeLessThan(70);
    expect(assumedCellSeconds({ ...open, requestRate: 1000, requestCount: 60_000 })).toBeGreaterThan(1000);
  });
});
