import { describe, expect, it } from 'vitest';
import type { Results } from '#cli/results/results.ts';
import { fakeCli, stepbench } from '../fake-cli.ts';
import { ROWS, TUESDAY, world } from './world.ts';

describe('an answer of stepbench query', () => {
  it('comes as a table, as JSON and as CSV', async () => {
    const { openResults } = world();
    const text = fakeCli({ openResults });
    await stepbench(text, 'query', 'run-cost');
    expect(text.stdout.text()).toMatch(/role\s+instance_type/);
    expect(text.stdout.text()).toMatch(/engine\s+g5\.8xlarge/);
    const json = fakeCli({ openResults });
    await stepbench(json, 'query', 'run-cost', '--json');
    expect(JSON.parse(json.stdout.text())).toMatchObject({
      run: 'tuesday',
      parameters: { run_id: 'tuesday', dt: TUESDAY },
      rows: ROWS,
    });
    const csv = fakeCli({ openResults });
    await stepbench(csv, 'query', 'run-cost', '--csv');
    expect(csv.stdout.text().split('\r\n')[0]).toMatch(/^role,instance_type,/);
    expect(csv.stdout.text().split('\r\n')[1]).toMatch(/^engine,g5\.8xlarge,/);
  });

  it.each([
    ['UNFINISHED', [], /Run tuesday is UNFINISHED.*stepbench run --resume tuesday/],
    ['UNFINISHED', ROWS, /^$/],
    ['FAILED', [], /^$/],
  ] as const)('says why nothing answers where the run is %s and there are %j', async (status, rows, told) => {
    const measured = async () => ({ rows: [], asked: new Set<string>(), ended: status !== 'UNFINISHED', status });
    const cli = fakeCli({ openResults: world({ ask: async () => rows, measured }).openResults, width: 300 });
    expect(await stepbench(cli, 'query', 'run-cost', '--csv')).toBe(0);
    expect(cli.stderr.text()).toMatch(told);
  });

  it('says with what it was asked, and where the prices were read', async () => {
    const row = { instance_type: 'g5.8xlarge', price_source: 'a price list', price_effective_at: '2026-07-20' };
    const { openResults } = world({ ask: async () => [row, row] });
    const cli = fakeCli({ openResults, width: 200 });
    await stepbench(cli, 'query', 'low-latency', '--param', 'request_latency_p95_ms=900');
    expect(cli.stdout.text()).toMatch(/\nAsked with request_latency_p95_ms=900, ttft_p95_ms=\S+, itl_p95_ms=none\.\n/);
    expect(cli.stdout.text()).toContain('\nPrices: a price list, 2026-07-20.\n');
    const none = fakeCli({ openResults: world({ ask: async () => [] }).openResults, width: 200 });
    await stepbench(none, 'query', 'low-latency');
    expect(none.stdout.text()).toContain('as a p95 may be, meets no target');
  });

  it.each([60, 120])('says that no GPU stood behind the figures in %i columns, and keeps the load', async (width) => {
    const row = { instance_type: 'g5.8xlarge', concurrency: 4, tensor_parallel: 1, place: 1, simulated: true };
    const told = async (simulated: boolean) => {
      const { openResults } = world({ ask: async () => [{ ...row, simulated }] });
      const cli = fakeCli({ openResults, width });
      await stepbench(cli, 'query', 'low-latency');
      return cli.stdout.text();
    };
    expect(await told(true)).toContain('SIMULATED: no GPU');
    expect(await told(false)).not.toContain('SIMULATED');
    const { openResults: open } = world({ ask: async () => [row, { ...row, tensor_parallel: 4, extrapolated: true }] });
    const extrapolated = fakeCli({ openResults: open, width });
    await stepbench(extrapolated, 'query', 'low-latency');
    expect(extrapolated.stdout.text().replaceAll(/\s+/g, ' ')).toMatch(
      /EXTRAPOLATED, with no [^:]*: g5\.8xlarge TP=4\./,
    );
    for (const question of ['price-performance', 'low-latency', 'pareto']) {
      const { openResults } = world({ ask: async () => [row] });
      const cli = fakeCli({ openResults, width: 100 });
      await stepbench(cli, 'query', question);
      expect(cli.stdout.text()).toContain('concurrency');
    }
  });

  it('keeps the columns that tell rows apart in 80 columns, and the answer', async () => {
    const row = (more: object) => ({
      ...{ place: 1, instance_type: 'g5.48xlarge', tensor_parallel: 8, concurrency: 1000, isl_tokens: 128 },
      ...{ usd_per_million_output_tokens: 1234.5, output_tokens_per_s: 98765.4, simulated: true, osl_tokens: 128 },
      ...more,
    });
    const heads = async (question: string, rows: object[]) => {
      const { openResults } = world({ ask: async () => rows as Awaited<ReturnType<Results['ask']>> });
      const cli = fakeCli({ openResults, width: 80 });
      await stepbench(cli, 'query', question);
      const lines = cli.stdout.text().split('\n');
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
      const head = lines.findIndex((line) => line.includes('g5.48xlarge')) - 1;
      return lines[head]?.trim().split(/\s+/);
    };
    const loads = [row({ concurrency: 1 }), row({ place: 2 })];
    expect(await heads('price-performance', loads)).toEqual(
      expect.arrayContaining(['place', 'instance_type', 'concurrency', 'usd_per_million_output_tokens']),
    );
    const all = await heads('price-performance', [...loads, row({ tensor_parallel: 4, isl_tokens: 9, osl_tokens: 5 })]);
    for (const name of ['inst', 'ten', 'con', 'isl', 'osl', 'usd']) {
      expect(
        all?.some((head) => head.startsWith(name)),
        `${name} in ${all}`,
      ).toBe(true);
    }
    for (const question of ['low-latency', 'pareto', 'lowest-latency', 'repeats', 'cells']) {
      const shown = await heads(question, loads);
      expect(
        shown?.some((head) => head.startsWith('concurr')),
        `${question}: ${shown}`,
      ).toBe(true);
    }
  });
});
