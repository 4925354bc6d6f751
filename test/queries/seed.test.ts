import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CellRow } from '#core/results/cell-columns.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import { measuredSample } from '#test/core/results/samples.ts';
import { answer } from '#test/local/sql/answer.ts';
import { openResults, type ResultsStore, writeResults } from '#test/local/sql/results-store.ts';

/** The prices the predecessor computed with; it knew of no fee. */
const PRICES: Record<string, number> = {
  'g5.8xlarge': 2.448,
  'g5.12xlarge': 5.672,
  'g5.16xlarge': 4.352,
  'g5.48xlarge': 16.288,
};

function predecessorRows(): CellRow[] {
  const [head = '', ...lines] = readFileSync(join(import.meta.dirname, '../fixtures/predecessor/cells.csv'), 'utf8')
    .trim()
    .split('\n');
  const names = head.split(',');
  return lines.map((line) => {
    const values = Object.fromEntries(line.split(',').map((value, index) => [names[index], value]));
    const number = (name: string) => Number(values[name]);
    const instanceType = values.instance_type ?? '';
    return measuredSample({
      deployment_id: instanceType.replace('.', '-'),
      cell_id: `${instanceType.replace('.', '-')}-${values.concurrency}`,
      instance_type: instanceType,
      model: values.model ?? null,
      tensor_parallel: number('tensor_parallel'),
      gpu_count: number('gpus_on_instance'),
      concurrency: number('concurrency'),
      request_throughput_per_s: number('request_throughput'),
      output_tokens_per_s: number('output_token_throughput'),
      request_latency_avg_ms: number('latency_avg_ms'),
      request_latency_p99_ms: number('latency_p99_ms'),
      request_latency_p95_ms: null,
      price_usd_per_hour: PRICES[instanceType] ?? null,
      fee_usd_per_hour: 0,
    });
  });
}

describe("the predecessor's cells under its own prices", () => {
  let results: ResultsStore;
  beforeAll(async () => {
    results = await openResults();
    await writeResults(results.store, { cells: predecessorRows() });
    for (const view of loadQueries().views) await answer(results.sql, view.sql);
  });
  afterAll(() => results.close());

  it('gives the figures that it published', async () => {
    const query = loadQueries().questions['price-performance'];
    const rows = await answer(results.sql, query.sql, ['run-1']);
    const figures = rows.map((row) => [row.place, row.instance_type, row.concurrency, row.output_tokens_per_s]);
    expect(figures).toEqual([
      [1, 'g5.8xlarge', 120, 960.87],
      [2, 'g5.12xlarge', 120, 1910.07],
      [3, 'g5.16xlarge', 120, 985.17],
      [4, 'g5.48xlarge', 80, 1401.45],
    ]);
    const published = [392.6, 336.8, 226.3, 86.0];
    rows.forEach((row, index) => {
      // It rounded throughputs before it divided: its last digit is not to be trusted.
      const difference = Number(row.output_tokens_per_s_per_usd_per_hour) - (published[index] ?? 0);
      expect(Math.abs(difference)).toBeLessThan(0.1);
    });
  });
});
