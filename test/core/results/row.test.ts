import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CELL_COLUMNS } from '#core/results/cell-columns.ts';
import { failedRow, measuredRow, readRow, supersedes } from '#core/results/row.ts';
import { failedInput, failedSample, measuredInput, measuredSample, sampleCell, sampleMeasurement } from './samples.ts';

const names = CELL_COLUMNS.map((column) => column.name).sort();

describe('the row of a measured cell', () => {
  it('has every column, and reads back from JSON as it was', () => {
    const row = measuredRow(measuredInput);
    expect(Object.keys(row).sort()).toEqual(names);
    expect(readRow(JSON.parse(JSON.stringify(row)), 'a row')).toEqual(row);
  });

  it('says what was asked, what was measured, and what it cost', () => {
    expect(measuredRow(measuredInput)).toMatchObject({
      status: 'measured',
      valid: true,
      instance_type: 'g5.8xlarge',
      engine_arguments: '["--max-model-len","8192"]',
      concurrency: 10,
      output_tokens_per_s: 200,
      request_latency_p95_ms: 8000,
      ttft_p95_ms: 480,
      engine_generation_tokens: 11_000,
      engine_preemptions: null,
      price_usd_per_hour: 2.448,
      fee_usd_per_hour: 0.19,
      price_source: 'a list in a test',
      ended_at: '2026-01-31T10:00:50.500Z',
    });
  });

  it('is simulated where the engine says so of itself, whoever owns it', () => {
    const of = (simulatorProfile: string | null) =>
      measuredRow({
        ...measuredInput,
        node: { ...measuredInput.node, simulated: false },
        measurement: { ...sampleMeasurement, simulatorProfile },
      });
    expect(of('seed')).toMatchObject({ simulated: true, simulator_profile: 'seed' });
    expect(of(null).simulated).toBe(false);
  });

  it("has Little's law as its occupancy: 2 requests a second of 5 s each, at 10 in flight", () => {
    expect(measuredRow(measuredInput).occupancy).toBe(1);
    const open = measuredRow({ ...measuredInput, cell: { ...sampleCell, concurrency: null, requestRate: 2 } });
    expect(open).toMatchObject({ occupancy: null, request_rate_per_s: 2 });
  });

  it('has no TTFT when nothing was streamed', () => {
    const row = measuredRow({ ...measuredInput, measurement: { ...sampleMeasurement, ttftMs: null, itlMs: null } });
    expect([row.ttft_avg_ms, row.ttft_p99_ms, row.itl_p50_ms, row.ttft_valid]).toEqual([null, null, null, null]);
  });

  it('says of the TTFT by itself whether it may be ranked', () => {
    const of = (send: number) =>
      measuredRow({ ...measuredInput, measurement: { ...sampleMeasurement, clientSendMs: { avg: send, p95: send } } });
    expect(of(2)).toMatchObject({ valid: true, ttft_valid: true, ttft_invalid_reasons: null });
    expect(of(4)).toMatchObject({
      valid: true,
      ttft_avg_ms: 300,
      ttft_valid: false,
      ttft_invalid_reasons: 'ttft-client-bound',
      ttft_invalid_explanation: expect.stringContaining('7.1 ms of the mean time to first token of 300.0 ms'),
      client_send_avg_ms: 4,
    });
  });

  it('keeps the reasons why it may not be ranked, each once and in order', () => {
    const validity = {
      valid: false,
      reasons: ['occupancy', 'errors', 'occupancy'],
      sentences: ['Too few.', 'Too many.'],
    };
    expect(measuredRow({ ...measuredInput, validity })).toMatchObject({
      status: 'measured',
      valid: false,
      invalid_reasons: 'errors,occupancy',
      invalid_explanation: 'Too few. Too many.',
    });
  });

  it.each([
    ['NaN', { outputTokensPerS: Number.NaN }, 'output_tokens_per_s'],
    ['infinity', { requestThroughputPerS: Number.POSITIVE_INFINITY }, 'request_throughput_per_s'],
    ['half a request', { requestCount: 1.5 }, 'request_count'],
    ['more requests than 32 bits hold', { requestCount: 2 ** 31 }, 'request_count'],
    ['more tokens than are exact', { engineCounters: { 'vllm:prompt_tokens_total': 2 ** 53 } }, 'engine_prompt_tokens'],
    ['no time', { startedAt: 'yesterday' }, 'started_at'],
  ])('is refused with %s in it, by the name of the column', (_, wrong, column) => {
    const input = { ...measuredInput, measurement: { ...sampleMeasurement, ...wrong } };
    expect(() => measuredRow(input)).toThrow(
      expect.objectContaining({ name: 'ArtifactsInvalid', message: expect.stringContaining(column) }),
    );
  });
});

describe('the row of a failed cell', () => {
  it('has every column, what was asked, why it failed, and no figure', () => {
    const row = failedRow(failedInput);
    expect(Object.keys(row).sort()).toEqual(names);
    expect(row).toMatchObject({
      status: 'failed',
      valid: false,
      error_name: 'NoCapacity',
      error_reason: 'No g5.8xlarge in any zone for 10 minutes.',
      concurrency: 10,
      region: 'us-east-1',
      zone: null,
      capacity_type: null,
      price_usd_per_hour: null,
      output_tokens_per_s: null,
      artifacts: null,
    });
    expect(readRow(JSON.parse(JSON.stringify(row)), 'a row')).toEqual(row);
  });

  it('keeps a reason of any length and content to a size that can be stored', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 5000, size: 'max' }), (reason) => {
        const stored = failedRow({ ...failedInput, reason }).error_reason!;
        expect(stored.length).toBeLessThanOrEqual(2000);
        if (reason.length <= 2000) expect(stored).toBe(reason);
        else expect(stored.endsWith('…')).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
});

describe('reading a row', () => {
  it.each([undefined, null, 0, 2, '1'])('refuses schema version %j, and says what to do', (schema_version) => {
    expect(() => readRow({ ...measuredSample(), schema_version }, 'rows/a.json')).toThrow(
      expect.objectContaining({
        name: 'SchemaVersion',
        message: expect.stringContaining('rows/a.json'),
        nextStep: expect.stringContaining('StepBench'),
      }),
    );
  });

  it.each([null, 'text', [], {}])('refuses %j', (value) => {
    expect(() => readRow(value, 'a')).toThrow(expect.objectContaining({ name: 'SchemaVersion' }));
  });

  it.each([
    ['a column more', { surprise: 1 }],
    ['an unknown status', { status: 'maybe' }],
    ['a null where there is none', { cell_id: null }],
    ['a local time', { recorded_at: '2026-01-31T10:00:00' }],
  ])('refuses %s', (_, change) => {
    expect(() => readRow({ ...measuredSample(), ...change }, 'a')).toThrow(
      expect.objectContaining({ name: 'ArtifactsInvalid' }),
    );
  });

  it('refuses a missing column, but for one that may be null: the row is older than the column', () => {
    const { cell_id: _, ...without } = measuredSample();
    expect(() => readRow(without, 'a')).toThrow(/cell_id/);
    const { client_cpu_share: __, ...older } = measuredSample();
    expect(readRow(older, 'a')).toEqual({ ...measuredSample(), client_cpu_share: null });
  });
});

describe('which row of a cell is kept', () => {
  const row = fc
    .record({ outcome: fc.constantFrom('valid', 'invalid', 'failed'), attempt: fc.integer({ min: 1, max: 3 }) })
    .map(({ outcome, attempt }) =>
      outcome === 'failed' ? failedSample({ attempt }) : measuredSample({ attempt, valid: outcome === 'valid' }),
    );
  const keep = (rows: ReturnType<typeof measuredSample>[]) =>
    rows.reduce<(typeof rows)[number] | undefined>(
      (stored, next) => (supersedes(next, stored) ? next : stored),
      undefined,
    )!;

  it('does not depend on how often they come, nor on their order as long as none is valid', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
        const what = (kept: (typeof rows)[number]) => [kept.status, kept.valid, kept.attempt];
        expect(keep([...rows, ...rows])).toBe(keep(rows));
        const valid = rows.some((one) => one.valid);
        if (!valid) expect(what(keep([...rows].reverse()))).toEqual(what(keep(rows)));
      }),
    );
  });

  it('is the first valid one, whatever is delivered after it', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
        const firstValid = rows.find((one) => one.valid);
        if (firstValid !== undefined) expect(keep(rows)).toBe(firstValid);
      }),
    );
    const [first, second] = [measuredSample({ attempt: 1 }), measuredSample({ attempt: 2 })];
    expect([first.valid, keep([first, second])]).toEqual([true, first]);
    expect(keep([second, first])).toBe(second);
  });

  it('is never a failure where there is a measurement, nor an invalid one where there is a valid one', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
        const kept = keep(rows);
        expect(kept.valid).toBe(rows.some((one) => one.valid));
        expect(kept.status === 'measured').toBe(rows.some((one) => one.status === 'measured'));
      }),
    );
  });

  it('is the first of two alike', () => {
    expect(supersedes(measuredSample(), measuredSample())).toBe(false);
    expect(supersedes(failedSample({ attempt: 2 }), failedSample({ attempt: 1 }))).toBe(true);
  });
});
