import { afterAll, beforeAll, expect, it } from 'vitest';
import { parametersOf, QUESTIONS } from '#core/results/questions.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import { measuredSample } from '#test/core/results/samples.ts';
import { sampleRunAsked, writeResults } from '#test/local/sql/results-store.ts';
import { openResultsUnderTest, type ResultsUnderTest } from './results-under-test.ts';

let results: ResultsUnderTest;
beforeAll(async () => {
  results = await openResultsUnderTest(1);
});
afterAll(() => results.close());

const UNPRICED = {
  engine: 'endpoint',
  gpu_name: null,
  gpu_count: 0,
  vcpus: null,
  tensor_parallel: null,
  pipeline_parallel: null,
  shm_gib: null,
  capacity_type: null,
  price_usd_per_hour: null,
  fee_usd_per_hour: null,
  price_source: null,
  price_effective_at: null,
} as const;

it('servers without a price are ranked by their tokens per second, after those that have one; no question fails', async () => {
  const { questions } = loadQueries();
  const of = (label: string, output_tokens_per_s: number, more: object = UNPRICED) =>
    measuredSample({
      run_id: 'run-1',
      deployment_id: label.replace('.', '-'),
      cell_id: label.replace('.', '-'),
      instance_type: label,
      output_tokens_per_s,
      ...more,
    });
  await writeResults(results.store, {
    cells: [of('endpoint-a', 10), of('endpoint-b', 30), of('endpoint-c', 20), of('g5.8xlarge', 1, {})],
  });
  for (const question of ['price-performance', 'low-latency'] as const) {
    const rows = await results.ask(question, parametersOf(questions[question], sampleRunAsked()));
    expect(rows.map((row) => row.instance_type)).toEqual(['g5.8xlarge', 'endpoint-b', 'endpoint-c', 'endpoint-a']);
    expect(rows.map((row) => typeof row.usd_per_million_output_tokens)).toEqual([
      'number',
      'object',
      'object',
      'object',
    ]);
  }
  for (const question of QUESTIONS) {
    await results.ask(question, parametersOf(questions[question], sampleRunAsked()));
  }
});
