import { describe, expect, it } from 'vitest';
import { aiperf } from '#core/generators/aiperf/aiperf.ts';
import { judge } from '#core/results/validity.ts';
import { ErrorName } from '#core/workflow/errors.ts';
import { fixtureFiles, fixtureText } from '../fixture-files.ts';
import { sampleCell } from '../sample-cell.ts';

const parse = async (folder: string, over: Record<string, string | null> = {}) =>
  aiperf.parse(await fixtureFiles(folder, over));

describe('a streamed run of AIPerf', () => {
  it('reads as what its summary says', async () => {
    const measurement = await parse('ap-stream');
    expect(measurement).toMatchObject({
      generator: 'aiperf',
      generatorVersion: '0.13.0',
      errorCount: 0,
      cancelled: false,
      requestThroughputPerS: 20.8095737640452,
      goodputPerS: 16.64765901123616,
      clientDelayMs: { avg: 7.677747200000001 },
      clientSendMs: { avg: 1.89400035 },
      gpu: null,
      engineCounters: null,
    });
    expect(measurement.requestLatencyMs).toMatchObject({ avg: 221.40731734999997, p99: 247.67360384999998 });
    expect(measurement.ttftMs?.p50).toBe(57.156197);
    expect(measurement.itlMs?.avg).toBeCloseTo(10.9038, 4);
    expect(measurement.outputTokensPerS).toBeCloseTo(332.9532, 3);
  });

  it('leaves the warm-up out of counts and times', async () => {
    const measurement = await parse('ap-stream');
    expect(measurement).toMatchObject({ requestCount: 20, warmupRequestCount: 5 });
    // The first warm-up request was sent at 02:37:39.536.
    expect(measurement.startedAt).toBe('2026-11-24T02:37:39.845Z');
    expect(measurement.endedAt).toBe('2026-11-24T02:37:40.798Z');
    expect(measurement.durationSeconds).toBeCloseTo(0.953, 3);
  });

  it('streams the export of the requests and never holds it', async () => {
    const files = await fixtureFiles('ap-stream');
    await aiperf.parse(files);
    expect(files.streamed).toContain('profile_export.jsonl');
    expect(files.wholly).not.toContain('profile_export.jsonl');
  });
});

describe('other runs of AIPerf', () => {
  it('has neither TTFT nor ITL when nothing was streamed', async () => {
    expect(await parse('ap-nonstream')).toMatchObject({ ttftMs: null, itlMs: null, requestCount: 20 });
  });

  it('counts failed requests apart and says what the server said', async () => {
    expect(await parse('ap-error')).toMatchObject({
      requestCount: 16,
      errorCount: 4,
      errors: [{ message: '503 Service Unavailable: injected failure', count: 4 }],
    });
  });

  it('marks a run that gave up, although it exited with 0', async () => {
    const measurement = await parse('ap-cancelled', { 'exit-code': '0\n' });
    expect(measurement).toMatchObject({ cancelled: true, requestCount: 16 });
  });

  it('leaves out what was still in flight when it was told to stop, and was recorded after it had counted', async () => {
    const records = await fixtureText('ap-cancelled/profile_export.jsonl');
    const answered = records
      .split('\n')
      .find((line) => /"benchmark_phase": ?"profiling"/.test(line) && !/"error": ?\{/.test(line));
    const more = { 'profile_export.jsonl': `${records.trimEnd()}\n${answered}\n${answered}\n` };
    expect(await parse('ap-cancelled', more)).toMatchObject({ cancelled: true, requestCount: 16 });
    const fewer = { 'profile_export.jsonl': records.replace(`${answered}\n`, '') };
    await expect(parse('ap-cancelled', fewer)).rejects.toMatchObject({ name: ErrorName.ArtifactsInvalid });
  });

  it('reads GPU figures over all GPUs', async () => {
    const { gpu } = await parse('ap-chat-metrics');
    // 18,000 MiB, as the exporter had it.
    expect(gpu).toMatchObject({ utilisationPercent: 43.5, powerWatts: 150.5 });
    expect(gpu?.memoryGiB).toBeCloseTo(18_000 / 1024, 6);
  });

  it("believes the server's usage over a tokenizer that counts random text anew", async () => {
    const summary = JSON.parse(await fixtureText('vllm/ap-vllm/profile_export_aiperf.json'));
    expect(summary.output_sequence_length.avg).toBeGreaterThan(32.5);
    const measurement = await parse('vllm/ap-vllm');
    expect(measurement.oslTokens?.avg).toBe(32);
    expect(measurement.outputTokensPerS).toBeCloseTo(32 * measurement.requestThroughputPerS, 6);
  });
});

describe('streams that AIPerf takes for whole', () => {
  type Usage = { usage_completion_tokens?: { value: number }; inter_chunk_latency?: { value: number[] } };
  /** The recorded run, whose first streams were broken off in some way. */
  const broken = async (count: number, change: (metrics: Usage) => void, usages = 20) => {
    const records = (await fixtureText('ap-stream/profile_export.jsonl'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const measured = records.filter(({ metadata }) => metadata.benchmark_phase === 'profiling');
    for (const { metrics } of measured.slice(0, count)) change(metrics);
    const summary = JSON.parse(await fixtureText('ap-stream/profile_export_aiperf.json'));
    summary.usage_completion_tokens.count = usages;
    return parse('ap-stream', {
      'profile_export.jsonl': `${records.map((one) => JSON.stringify(one)).join('\n')}\n`,
      'profile_export_aiperf.json': JSON.stringify(summary),
    });
  };

  it('are failures when they ended without usage, also after an error in the middle', async () => {
    const measurement = await broken(10, (metrics) => delete metrics.usage_completion_tokens, 10);
    expect(measurement).toMatchObject({
      requestCount: 10,
      errorCount: 10,
      errors: [{ message: expect.stringContaining('without token usage'), count: 10 }],
    });
    expect(measurement.requestThroughputPerS).toBeCloseTo(20.8095737640452 / 2, 9);
    expect(measurement.outputTokensPerS).toBeCloseTo((16 * 20.8095737640452) / 2, 6);
    expect(judge(measurement, sampleCell()).reasons.map(({ code }) => code)).toContain('errors');
  });

  it('are failures when they reported the usage of an answer whose pieces never came', async () => {
    const measurement = await broken(5, (metrics) => metrics.inter_chunk_latency?.value.splice(6));
    expect(measurement).toMatchObject({
      requestCount: 15,
      errorCount: 5,
      errors: [{ message: expect.stringContaining('less than half of the pieces'), count: 5 }],
    });
  });

  it('are whole when the server puts several tokens into each piece, and when some pieces have no text', async () => {
    expect(await broken(20, (metrics) => metrics.inter_chunk_latency?.value.splice(3))).toMatchObject({
      errorCount: 0,
    });
    expect(await broken(5, (metrics) => metrics.inter_chunk_latency?.value.splice(9))).toMatchObject({ errorCount: 0 });
    expect(await parse('vllm/ap-vllm')).toMatchObject({ requestCount: 40, errorCount: 0 });
  });
});

describe('a run of AIPerf without a result', () => {
  it('is the failure that all its requests had', async () => {
    await expect(parse('ap-allerror', { 'exit-code': '1\n' })).rejects.toMatchObject({
      name: ErrorName.GeneratorFailed,
      message: expect.stringMatching(/All 20 requests failed; 20 of them with: 500 Internal Server Error: injected/),
    });
  });

  it('is that failure too when the summary of an earlier run lies beside it', async () => {
    const stale = await fixtureText('ap-stream/profile_export_aiperf.json');
    await expect(parse('ap-allerror', { 'profile_export_aiperf.json': stale })).rejects.toMatchObject({
      name: ErrorName.GeneratorFailed,
    });
  });

  it('is refused when summary and records are of two runs', async () => {
    const stale = await fixtureText('ap-stream/profile_export_aiperf.json');
    await expect(parse('ap-error', { 'profile_export_aiperf.json': stale })).rejects.toMatchObject({
      name: ErrorName.ArtifactsInvalid,
      message: expect.stringContaining('counts 20 requests and profile_export.jsonl has 16'),
    });
  });

  const nothing = { 'profile_export.jsonl': null, 'profile_export_aiperf.json': null };

  it.each([
    [
      '1',
      'Unknown option: --nope. Did you mean --model?',
      ErrorName.GeneratorFailed,
      'exit code 1: Unknown option: --nope',
    ],
    [
      '1',
      'Traceback\n  File "x.py"\nboto.TokenizerError: no such tokenizer\n"""',
      ErrorName.GeneratorFailed,
      'no such tokenizer',
    ],
    ['124', '', ErrorName.GeneratorFailed, "when the cell's time was over"],
    ['127', "aiperf: [Errno 2] No such file or directory: 'aiperf'", ErrorName.GeneratorFailed, 'could not be started'],
    ['143', '', ErrorName.GeneratorFailed, 'told to stop'],
    ['0', '', ErrorName.ArtifactsMissing, 'wrote no result'],
  ])('says why with exit code %s and %j on stderr', async (exitCode, stderr, name, message) => {
    const over = { ...nothing, 'exit-code': exitCode, 'stderr.log': stderr, 'stdout.log': '' };
    await expect(parse('ap-stream', over)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });

  it('is missing when the pod was killed before the load script could say how it ended', async () => {
    await expect(parse('ap-stream', nothing)).rejects.toMatchObject({
      name: ErrorName.ArtifactsMissing,
      message: expect.stringContaining('events of its pod'),
    });
  });
});

describe('damaged files of AIPerf', () => {
  it('names the place that another version wrote otherwise', async () => {
    const summary = JSON.parse(await fixtureText('ap-stream/profile_export_aiperf.json'));
    const text = JSON.stringify({ ...summary, schema_version: '2.0', request_latency: { avg: 1 } });
    await expect(parse('ap-stream', { 'profile_export_aiperf.json': text })).rejects.toMatchObject({
      name: ErrorName.ArtifactsInvalid,
      message: expect.stringMatching(/schema_version.*request_latency\.min/),
    });
  });

  it('refuses a summary that was cut short', async () => {
    const text = (await fixtureText('ap-stream/profile_export_aiperf.json')).slice(0, 5000);
    await expect(parse('ap-stream', { 'profile_export_aiperf.json': text })).rejects.toMatchObject({
      name: ErrorName.ArtifactsInvalid,
    });
  });

  it('leaves out a last record that was cut short, and refuses one in the middle', async () => {
    const records = await fixtureText('ap-stream/profile_export.jsonl');
    const cut = `${records}{"metadata":{"session_num":4,"x_req`;
    await expect(parse('ap-stream', { 'profile_export.jsonl': cut })).resolves.toMatchObject({ requestCount: 20 });
    const torn = records.replace('\n', '\n{"metadata":\n');
    await expect(parse('ap-stream', { 'profile_export.jsonl': torn })).rejects.toMatchObject({
      name: ErrorName.ArtifactsInvalid,
      message: expect.stringContaining('Line 2'),
    });
  });

  it('refuses a run in which nothing was measured', async () => {
    const summary = JSON.parse(await fixtureText('ap-stream/profile_export_aiperf.json'));
    summary.request_count.avg = 0;
    const over = { 'profile_export.jsonl': '', 'profile_export_aiperf.json': JSON.stringify(summary) };
    await expect(parse('ap-stream', over)).rejects.toMatchObject({
      name: ErrorName.ArtifactsInvalid,
      message: expect.stringContaining('no measured request'),
      nextStep: expect.stringMatching(/./),
    });
  });

  it('refuses a time that is no date', async () => {
    const records = await fixtureText('ap-stream/profile_export.jsonl');
    const text = records.replaceAll(/"request_end_ns": ?\d+/g, '"request_end_ns":1e30');
    await expect(parse('ap-stream', { 'profile_export.jsonl': text })).rejects.toMatchObject({
      name: ErrorName.ArtifactsInvalid,
      message: expect.stringContaining('no date'),
    });
  });

  it('says that a number is none, and not that a disk is full', async () => {
    const text = (await fixtureText('ap-stream/profile_export_aiperf.json')).replace(/"std": [\d.]+/, '"std": NaN');
    await expect(parse('ap-stream', { 'profile_export_aiperf.json': text })).rejects.toMatchObject({
      name: ErrorName.ArtifactsInvalid,
      message: expect.stringContaining('NaN'),
      nextStep: expect.not.stringContaining('disk'),
    });
  });

  it.each(['request_latency', 'usage_completion_tokens', 'request_throughput'])(
    'refuses %s in another unit',
    async (metric) => {
      const summary = JSON.parse(await fixtureText('ap-stream/profile_export_aiperf.json'));
      summary[metric].unit = 'sec';
      await expect(parse('ap-stream', { 'profile_export_aiperf.json': JSON.stringify(summary) })).rejects.toMatchObject(
        { name: ErrorName.ArtifactsInvalid, message: expect.stringContaining(`${metric}.unit`) },
      );
    },
  );

  it('refuses a run without token counts from anybody', async () => {
    const summary = JSON.parse(await fixtureText('ap-stream/profile_export_aiperf.json'));
    for (const key of Object.keys(summary)) if (/usage|sequence_length/.test(key)) delete summary[key];
    const over = { 'profile_export_aiperf.json': JSON.stringify(summary) };
    await expect(parse('ap-stream', over)).rejects.toMatchObject({
      name: ErrorName.ArtifactsInvalid,
      message: expect.stringContaining('no token usage'),
      nextStep: expect.stringContaining('"tokenCounts": "tokenizer"'),
    });
  });
});
