import { describe, expect, it } from 'vitest';
import { genaiPerf } from '#core/generators/genai-perf/genai-perf.ts';
import { ErrorName } from '#core/workflow/errors.ts';
import { fixtureFiles, fixtureText } from '../fixture-files.ts';

const FOLDER = 'fake-model-openai-completions-concurrency5';
const parse = async (folder: string, over: Record<string, string | null> = {}) =>
  genaiPerf.parse(await fixtureFiles(folder, over));

describe('a run of genai-perf', () => {
  it('is found in the folder that it named itself, and timed by its export', async () => {
    const measurement = await parse('gp-stream');
    expect(measurement).toMatchObject({
      generator: 'genai-perf',
      requestCount: 20,
      errorCount: 0,
      warmupRequestCount: 5,
      cancelled: false,
      requestThroughputPerS: 24.172940721200266,
      clientDelayMs: null,
      gpu: null,
    });
    expect(measurement.startedAt).toMatch(/^2026-11-24T02:36:07\.\d+Z$/);
    // The summary has no times; its throughput is over the same span.
    expect(measurement.durationSeconds).toBeCloseTo(20 / 24.172940721200266, 2);
    expect(measurement.oslTokens?.avg).toBe(16);
    expect(measurement.inputTokensPerS).toBeCloseTo((measurement.islTokens?.avg ?? 0) * 24.172940721200266, 6);
    expect(measurement.goodputPerS).toBeGreaterThan(0);
    expect(measurement.ttftMs).not.toBeNull();
  });

  it('has no TTFT when nothing was streamed, although its summary has one', async () => {
    const text = await fixtureText(`gp-nonstream/${FOLDER}/profile_export_genai_perf.json`);
    expect(JSON.parse(text)).toHaveProperty('time_to_first_token');
    expect(await parse('gp-nonstream')).toMatchObject({ ttftMs: null, itlMs: null, requestCount: 20 });
  });

  it('reads GPU figures over all GPUs', async () => {
    const { gpu } = await parse('gp-chat-metrics');
    expect(gpu).toMatchObject({ utilisationPercent: 64.25, powerWatts: 150.5 });
    expect(gpu?.memoryGiB).toBeCloseTo(18_000 / 1024, 6);
  });

  it('reads the flat configuration and the missing count of 0.0.9', async () => {
    const summary = JSON.parse(await fixtureText(`gp-stream/${FOLDER}/profile_export_genai_perf.json`));
    delete summary.request_count;
    summary.input_config = { streaming: true, endpoint: 'v1/completions', warmup_request_count: 3 };
    const over = { [`${FOLDER}/profile_export_genai_perf.json`]: JSON.stringify(summary) };
    const measurement = await parse('gp-stream', over);
    expect(measurement).toMatchObject({ requestCount: 20, warmupRequestCount: 3 });
    expect(measurement.ttftMs).not.toBeNull();
  });

  it('streams the export and never holds it', async () => {
    const files = await fixtureFiles('gp-stream');
    await genaiPerf.parse(files);
    expect(files.streamed).toEqual([`${FOLDER}/profile_export.json`]);
    expect(files.wholly).not.toContain(`${FOLDER}/profile_export.json`);
  });
});

describe('streams that genai-perf takes for whole', () => {
  const name = `${FOLDER}/profile_export.json`;
  /** The recorded run, whose first streams were broken off: `change` has the events of one. */
  const broken = async (count: number, change: (events: { response: string }[]) => void) => {
    const exported = JSON.parse(await fixtureText(`gp-stream/${name}`));
    for (const request of exported.experiments[0].requests.slice(0, count)) change(request.response_outputs);
    return parse('gp-stream', { [name]: JSON.stringify(exported) });
  };
  const error = 'data: {"error": {"message": "out of memory", "code": 500}}\n\n';

  it.each<[string, (events: { response: string }[]) => void, RegExp]>([
    ['an error was in them', (events) => events.splice(8, 99, { response: error }), /an error in it/],
    [
      'an error was in them, and the end behind it',
      (events) => events.splice(8, 5, { response: error }),
      /an error in it/,
    ],
    ['they ended without a word', (events) => events.splice(8), /without finish_reason/],
  ])('are failures when %s', async (_, change, message) => {
    const measurement = await broken(5, change);
    expect(measurement).toMatchObject({
      requestCount: 15,
      errorCount: 5,
      errors: [{ message: expect.stringMatching(message), count: 5 }],
    });
    expect(measurement.requestThroughputPerS).toBeCloseTo(24.172940721200266 * 0.75, 9);
  });

  it('are whole without [DONE], with finish_reason alone, and whatever their text says', async () => {
    expect(await broken(20, (events) => events.pop())).toMatchObject({ requestCount: 20, errorCount: 0 });
    const says = (text: string) => (events: { response: string }[]) => {
      const choices = [{ index: 0, text, finish_reason: null }];
      events.splice(1, 0, { response: `data: ${JSON.stringify({ choices })}\n\n` });
    };
    expect(await broken(20, says('data: {"error": {"message"'))).toMatchObject({ errorCount: 0 });
    expect(
      await broken(5, (events) => {
        says('"finish_reason": "stop"')(events);
        events.splice(8);
      }),
    ).toMatchObject({ errorCount: 5 });
  });

  it('are not judged where the server never says how an answer ended', async () => {
    expect(await broken(20, (events) => events.splice(10))).toMatchObject({ requestCount: 20, errorCount: 0 });
  });
});

describe('a run of genai-perf without a result', () => {
  it('says what the server answered, which is on stderr only', async () => {
    await expect(parse('gp-error', { 'exit-code': '1\n' })).rejects.toMatchObject({
      name: ErrorName.GeneratorFailed,
      message: expect.stringMatching(/exit code 1: the engine answered 500 .*injected failure/),
    });
  });

  it('says that a server is not there, which it takes for a 400', async () => {
    const stderr = 'Thread [0] had error: OpenAI response returns HTTP code 400: \n';
    await expect(parse('gp-error', { 'exit-code': '1', 'stderr.log': stderr })).rejects.toMatchObject({
      message: expect.stringContaining('the engine did not answer'),
    });
  });

  it('says which option was refused', async () => {
    const stderr = 'usage: genai-perf profile [-h]\ngenai-perf profile: error: unrecognized arguments: --service-kind';
    await expect(parse('gp-error', { 'exit-code': '2', 'stderr.log': stderr })).rejects.toMatchObject({
      name: ErrorName.GeneratorFailed,
      message: expect.stringContaining('exit code 2: unrecognized arguments: --service-kind'),
    });
  });

  it('says that the engine sent a chunk without choices, by which genai-perf is crashed after the run', async () => {
    const stderr = await fixtureText('gp-usage-chunk.stderr');
    await expect(parse('gp-error', { 'exit-code': '1', 'stderr.log': stderr })).rejects.toMatchObject({
      name: ErrorName.GeneratorFailed,
      message: expect.stringContaining('include_usage'),
      nextStep: expect.stringContaining('aiperf'),
    });
  });

  it('says that the tokenizer is not to be had', async () => {
    const stderr = await fixtureText('gp-no-tokenizer.stderr');
    await expect(parse('gp-error', { 'exit-code': '1', 'stderr.log': stderr })).rejects.toMatchObject({
      name: ErrorName.GeneratorFailed,
      message: expect.stringContaining('tokenizer'),
      nextStep: expect.stringContaining('aiperf'),
    });
  });

  it('is no result with exit code 0 either, which is what the wheel of perf_analyzer always ends with', async () => {
    await expect(parse('gp-error', { 'exit-code': '0\n' })).rejects.toMatchObject({
      name: ErrorName.ArtifactsMissing,
      message: expect.stringMatching(/wrote no result: the engine answered 500/),
    });
  });

  it('says that it was killed before anybody could say how it ended', async () => {
    await expect(parse('gp-error')).rejects.toMatchObject({
      name: ErrorName.ArtifactsMissing,
      message: expect.stringContaining('events of its pod'),
    });
  });

  it.each([
    ['124', "when the cell's time was over"],
    ['127', 'could not be started'],
    ['143', 'told to stop'],
    ['137', 'exit code 137'],
  ])('says how it ended with exit code %s', async (exitCode, message) => {
    await expect(
      parse('gp-error', { 'exit-code': exitCode, 'stderr.log': '', 'stdout.log': '' }),
    ).rejects.toMatchObject({
      name: ErrorName.GeneratorFailed,
      message: expect.stringContaining(message),
    });
  });

  it('refuses a summary that was cut short, and one of another version', async () => {
    const name = `${FOLDER}/profile_export_genai_perf.json`;
    const text = await fixtureText(`gp-stream/${name}`);
    await expect(parse('gp-stream', { [name]: text.slice(0, 900) })).rejects.toMatchObject({
      name: ErrorName.ArtifactsInvalid,
      message: expect.stringContaining('not JSON'),
    });
    const other = JSON.stringify({ ...JSON.parse(text), request_latency: { avg: 1 } });
    await expect(parse('gp-stream', { [name]: other })).rejects.toMatchObject({
      name: ErrorName.ArtifactsInvalid,
      message: expect.stringContaining('request_latency.min'),
    });
  });

  it('takes the summary that a failed rerun left behind for no result', async () => {
    await expect(parse('vllm/gp-vllm', { 'exit-code': '1' })).rejects.toMatchObject({
      name: ErrorName.GeneratorFailed,
    });
  });

  it('refuses two runs in one folder', async () => {
    const summary = await fixtureText(`gp-stream/${FOLDER}/profile_export_genai_perf.json`);
    await expect(parse('gp-stream', { 'other/profile_export_genai_perf.json': summary })).rejects.toMatchObject({
      name: ErrorName.ArtifactsInvalid,
    });
  });

  it('refuses a time that is no date, and a latency in seconds', async () => {
    const [name, summaryName] = [`${FOLDER}/profile_export.json`, `${FOLDER}/profile_export_genai_perf.json`];
    const whole = await fixtureText(`gp-stream/${name}`);
    const late = whole.replaceAll(/"timestamp":\d+/g, '"timestamp":1000000000000000000000000000000');
    await expect(parse('gp-stream', { [name]: late })).rejects.toMatchObject({ name: ErrorName.ArtifactsInvalid });
    const summary = JSON.parse(await fixtureText(`gp-stream/${summaryName}`));
    summary.request_latency.unit = 'sec';
    await expect(parse('gp-stream', { [summaryName]: JSON.stringify(summary) })).rejects.toMatchObject({
      message: expect.stringContaining('request_latency.unit'),
    });
  });

  it('refuses an export that was cut short', async () => {
    const name = `${FOLDER}/profile_export.json`;
    const whole = await fixtureText(`gp-stream/${name}`);
    const lastTimes = whole.lastIndexOf('"response_timestamps"');
    // In the middle; before the last times; within the last answer, when all requests are there; before its last brace.
    for (const end of [30_000, lastTimes, lastTimes + 500, whole.length - 1]) {
      await expect(parse('gp-stream', { [name]: whole.slice(0, end) })).rejects.toMatchObject({
        name: ErrorName.ArtifactsInvalid,
        message: expect.stringContaining('cut short'),
      });
    }
  });
});
