import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SqlRow, SqlValue } from '#core/ports/sql.ts';
import { keyOf } from '#core/results/layout.ts';
import { parametersOf, type QuestionName } from '#core/results/questions.ts';
import { readPlan } from '#lambdas/store/plan.ts';
import { readRows } from '#lambdas/store/rows.ts';
import { RealClock } from '#local/clock/real-clock.ts';
import { type ImportOptions, importPredecessor } from '#local/predecessor/import.ts';
import { PUBLISHED_LOW_LATENCY, PUBLISHED_PEAKS } from '#local/predecessor/published.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import { answer } from '#test/local/sql/answer.ts';
import { openResults, type ResultsStore } from '#test/local/sql/results-store.ts';

const { questions } = loadQueries();
const AS_PUBLISHED: ImportOptions = { prices: 'own', judged: false };

describe("the predecessor's cells, stored as a run", () => {
  let results: ResultsStore;
  let run: string;
  beforeAll(async () => {
    results = await openResults();
    run = await load(AS_PUBLISHED);
  });
  afterAll(() => results.close());

  const load = (options: ImportOptions) =>
    importPredecessor({ store: results.store, sql: results.sql, clock: new RealClock() }, options);
  const ask = async (question: QuestionName, of = run): Promise<SqlRow[]> => {
    const parameters = parametersOf(questions[question], await readPlan(results.store, of)) as SqlValue[];
    return answer(results.sql, questions[question].sql, parameters);
  };
  const perUsd = (rows: readonly SqlRow[], instanceType: string) =>
    Number(rows.find((row) => row.instance_type === instanceType)?.output_tokens_per_s_per_usd_per_hour);

  it.each([
    ['price-performance' as const, PUBLISHED_PEAKS],
    ['lowest-latency' as const, PUBLISHED_LOW_LATENCY],
  ])('give by %s the table that it published', async (question, published) => {
    const rows = await ask(question);
    expect(rows).toHaveLength(published.length);
    for (const figure of published) {
      const row = rows.find(({ instance_type }) => instance_type === figure.instanceType);
      expect(row?.concurrency).toBe(figure.concurrency);
      expect(Math.round(Number(row?.output_tokens_per_s))).toBe(figure.tokensPerS);
      // It rounded throughputs, or prices, before it divided: docs/predecessor.md says which figure how.
      const whole = figure.tokensPerS / Number(row?.usd_per_hour);
      expect(Math.abs(whole - figure.perUsd)).toBeLessThan(0.1);
    }
  });

  it('give six of the eight published figures to the digit, from whole tokens and its price', async () => {
    const rows = [...(await ask('price-performance')), ...(await ask('lowest-latency'))];
    const ours = rows.map((row) => (Math.round(Number(row.output_tokens_per_s)) / Number(row.usd_per_hour)).toFixed(1));
    const published = [...PUBLISHED_PEAKS, ...PUBLISHED_LOW_LATENCY].map((figure) => figure.perUsd.toFixed(1));
    expect(published.filter((figure) => !ours.includes(figure))).toEqual(['336.8', '210.4']);
  });

  it('say in their rows and in their report that no rule of ours has judged them', async () => {
    const rows = await readRows(results.store, run);
    expect(new Set(rows.map((row) => row.invalid_explanation))).toEqual(
      new Set(['Taken as published, not judged by the rules of StepBench.']),
    );
    const report = await results.store.get(keyOf({ kind: 'report', run }));
    expect(new TextDecoder().decode(report?.body)).toContain('AS PUBLISHED, NOT JUDGED');
  });

  it('carry the price that it took, and whose it was', async () => {
    const rows = await ask('price-performance');
    expect(rows.map((row) => [row.instance_type, row.price_usd_per_hour, row.fee_usd_per_hour])).toEqual([
      ['g5.8xlarge', 2.448, 0],
      ['g5.12xlarge', 5.672, 0],
      ['g5.16xlarge', 4.352, 0],
      ['g5.48xlarge', 16.288, 0],
    ]);
    expect(rows.every((row) => String(row.price_source).includes('predecessor') && row.simulated === false)).toBe(true);
  });

  it("give another answer at today's price, which is data", async () => {
    const today = await load({ prices: 'today', judged: false });
    expect(perUsd(await ask('price-performance', today), 'g5.16xlarge').toFixed(1)).toBe('240.5');
    expect(perUsd(await ask('price-performance'), 'g5.16xlarge').toFixed(1)).toBe('226.4');
  });

  it('are not ranked once our rules have judged them', async () => {
    const judged = await load({ prices: 'own', judged: true });
    expect(await ask('price-performance', judged)).toEqual([]);
    const cells = await ask('cells', judged);
    expect(cells).toHaveLength(24);
    const ofRule = (code: string) => cells.filter((cell) => String(cell.reason).split(',').includes(code));
    expect(ofRule('occupancy')).toHaveLength(10);
    expect(ofRule('output-length')).toHaveLength(24);
    const at200 = cells.filter((cell) => cell.concurrency === 200).map((cell) => Number(cell.occupancy).toFixed(2));
    expect(at200.sort()).toEqual(['0.43', '0.53', '0.66', '0.77']);
  });

  it('say what several small instances would have done for the price of the large one', async () => {
    const rows = (await ask('alternatives')).filter(
      (row) => row.dear_instance_type === 'g5.48xlarge' && row.instance_type === 'g5.8xlarge',
    );
    const figures = rows.map((row) => [row.rule, row.instances, Number(row.times_throughput).toFixed(2)]);
    expect(figures).toEqual([
      ['fits-price', 6, '4.11'],
      ['nearest-price', 7, '4.80'],
      ['same-gpus', 8, '5.49'],
    ]);
    expect(Number(rows[0]?.times_cost).toFixed(2)).toBe('0.90');
  });

  it('show the GPUs that were paid for and not used', async () => {
    const [first] = await ask('stranded-gpus');
    expect([first?.instance_type, first?.gpus_stranded, first?.stranded_usd_per_hour]).toEqual([
      'g5.48xlarge',
      4,
      8.144,
    ]);
  });

  it('have nulls where nothing was written down', async () => {
    for (const row of await readRows(results.store, run)) {
      expect(row.request_latency_p95_ms).toBeNull();
      expect(row.request_latency_p99_ms).toBeGreaterThan(row.request_latency_avg_ms!);
      expect([row.osl_seen_min_tokens, row.ttft_avg_ms, row.artifacts]).toEqual([null, null, null]);
    }
  });

  it('stay as they are when they are stored again', async () => {
    const stored = async () => {
      const etags: string[] = [];
      for await (const { key, etag } of results.store.list(`results/`)) etags.push(`${key} ${etag}`);
      return etags.sort();
    };
    const before = await stored();
    expect(await load(AS_PUBLISHED)).toBe(run);
    expect(await stored()).toEqual(before);
  });
});
