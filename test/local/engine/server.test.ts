import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { events, INSTANT, metric, startEngine, withLatency } from './client.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/vllm-wire/${name}`, import.meta.url), 'utf8');

/** The names of all fields, in order, at every depth. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value;
  return Object.entries(value).map(([key, inner]) => [key, shape(inner)]);
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into what came
const json = async (answer: Promise<Response> | Response): Promise<any> => (await answer).json();

const pinned = { prompt: 'Tell me of the sea', max_tokens: 4, ignore_eos: true };

describe('the wire', () => {
  it('has the shape of a real completion, whole', async () => {
    const { engine, post } = await startEngine();
    await engine.ready;
    const answer = await post('/v1/completions', pinned);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(shape(await answer.json())).toEqual(shape(JSON.parse(fixture('completions.json'))));
  });

  it('has the shape of a real completion, streamed with usage', async () => {
    const { engine, post } = await startEngine();
    await engine.ready;
    const answer = await post('/v1/completions', { ...pinned, stream: true, stream_options: { include_usage: true } });
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const seen = events(await answer.text());
    const real = events(fixture('completions-stream.sse'));
    expect(seen.done).toBe(true);
    expect(seen.parsed.map(shape)).toEqual(real.parsed.map(shape));
    expect(seen.parsed.map((event) => event.choices[0]?.finish_reason)).toEqual([
      null,
      null,
      null,
      'length',
      undefined,
    ]);
    expect(seen.parsed.at(-1).usage).toEqual({ prompt_tokens: 5, total_tokens: 9, completion_tokens: 4 });
  });

  it('has the shape of a real list of models', async () => {
    const { engine, get } = await startEngine({ servedModelName: 'tiny', model: 'tinymodel', maxModelLen: 1024 });
    await engine.ready;
    const body = await json(get('/v1/models'));
    const real = JSON.parse(fixture('models.json'));
    expect(shape(body)).toEqual(shape(real));
    expect(body.data[0]).toMatchObject({ id: 'tiny', root: 'tinymodel', max_model_len: 1024 });
  });

  it("serves metrics under vLLM's names, labels and buckets", async () => {
    const { engine, get, post } = await startEngine({ servedModelName: 'tiny', maxModelLen: 1024 });
    await engine.ready;
    await post('/v1/completions', { ...pinned, stream: true }).then((answer) => answer.text());
    const series = (text: string): string[] =>
      text.split('\n').flatMap((line) => (line.startsWith('vllm:') ? [line.slice(0, line.lastIndexOf(' '))] : []));
    const seen = series(await (await get('/metrics')).text());
    const real = new Set(series(fixture('metrics.txt')));
    expect(seen.filter((one) => !real.has(one))).toEqual([]);
    for (const name of [
      'num_requests_running',
      'num_requests_waiting',
      'kv_cache_usage_perc',
      'num_preemptions_total',
      'prompt_tokens_total',
      'generation_tokens_total',
      'prefix_cache_queries_total',
      'prefix_cache_hits_total',
      'request_success_total',
      'time_to_first_token_seconds_bucket',
      'inter_token_latency_seconds_bucket',
      'e2e_request_latency_seconds_bucket',
    ]) {
      expect(seen.filter((one) => one.startsWith(`vllm:${name}{`))).toEqual(
        [...real].filter((one) => one.startsWith(`vllm:${name}{`)),
      );
    }
  });
});

describe('generation', () => {
  it('streams a chat: the role, then the tokens, then the usage it was asked for', async () => {
    const { engine, post } = await startEngine();
    await engine.ready;
    const ask = { messages: [{ role: 'user', content: 'Hello' }], max_completion_tokens: 3, ignore_eos: true };
    const plain = events(await (await post('/v1/chat/completions', { ...ask, stream: true })).text());
    expect(plain.parsed[0].choices[0].delta).toEqual({ role: 'assistant', content: '' });
    expect(plain.parsed.length).toBe(4);
    const text = plain.parsed.map((event) => event.choices[0].delta.content).join('');
    const whole = await json(post('/v1/chat/completions', ask));
    expect(whole.choices[0].message.content).toBe(text);
    expect(whole.usage.completion_tokens).toBe(3);
  });

  it('repeats itself for a seed and a prompt, and for no other', async () => {
    const answer = async (seed: number, prompt: string) => {
      const { engine, post } = await startEngine({ seed, profile: INSTANT });
      await engine.ready;
      return (await json(post('/v1/completions', { prompt, max_tokens: 2000 }))).choices[0];
    };
    const first = await answer(7, 'a');
    expect(await answer(7, 'a')).toEqual(first);
    expect((await answer(8, 'a')).text).not.toBe(first.text);
    expect((await answer(7, 'b')).text).not.toBe(first.text);
  });

  it('stops by itself below max_tokens, unless it must not', async () => {
    const { engine, post } = await startEngine();
    await engine.ready;
    const ask = async (more: object) => {
      const { choices, usage } = await json(post('/v1/completions', { prompt: 'x', max_tokens: 3000, ...more }));
      return [choices[0].finish_reason, usage.completion_tokens];
    };
    const [reason, natural] = await ask({});
    expect(reason).toBe('stop');
    expect(natural).toBeLessThan(3000);
    expect(await ask({ ignore_eos: true })).toEqual(['length', 3000]);
    expect(await ask({ min_tokens: 2500 })).toEqual(['stop', 2500]);
  });

  it('takes token ids, and one prompt in a list, for a prompt', async () => {
    const { engine, post } = await startEngine();
    await engine.ready;
    const promptTokens = async (prompt: unknown) =>
      (await json(post('/v1/completions', { prompt, max_tokens: 1 }))).usage.prompt_tokens;
    expect(await promptTokens([1, 2, 3])).toBe(3);
    expect(await promptTokens([[1, 2]])).toBe(2);
    expect(await promptTokens(['one two three'])).toBe(3);
  });

  it('queues what max-num-seqs does not take, and shows both', async () => {
    const { engine, url, post } = await startEngine({
      profile: withLatency({ timeToFirstTokenMs: 60_000 }, { maxNumSeqs: 2 }),
    });
    await engine.ready;
    const gone = new AbortController();
    const all = [0, 1, 2].map((i) => post('/v1/completions', { prompt: `p${i}`, max_tokens: 1 }, gone.signal));
    const settled = Promise.allSettled(all);
    await expect.poll(() => metric(url, 'vllm:num_requests_waiting{')).toBe(1);
    expect(await metric(url, 'vllm:num_requests_running')).toBe(2);
    expect(await metric(url, 'vllm:kv_cache_usage_perc')).toBeCloseTo(2 / 6250, 6);
    gone.abort();
    await settled;
    await expect.poll(() => metric(url, 'vllm:num_requests_running')).toBe(0);
    expect(await metric(url, 'vllm:num_requests_waiting{')).toBe(0);
    expect(await metric(url, 'vllm:request_success_total{engine="0",finished_reason="abort"')).toBe(3);
  });

  it('counts prefix hits only where the cache is on, until it is reset', async () => {
    const prompt = 'word '.repeat(100);
    const hits = async (prefixCaching: boolean, reset = false) => {
      const { engine, url, post } = await startEngine({ prefixCaching });
      await engine.ready;
      await (await post('/v1/completions', { prompt, max_tokens: 1 })).text();
      if (reset) expect((await post('/reset_prefix_cache', '')).status).toBe(200);
      await (await post('/v1/completions', { prompt, max_tokens: 1 })).text();
      return metric(url, 'vllm:prefix_cache_hits_total');
    };
    expect(await hits(true)).toBeGreaterThan(80);
    expect(await hits(true, true)).toBe(0);
    expect(await hits(false)).toBe(0);
  });

  it('takes the time of the model, times the scale', async () => {
    const profile = withLatency({ timeToFirstTokenMs: 5000, interTokenLatencyMs: 1000 });
    const { engine, url, post } = await startEngine({ profile, timeScale: 0.001 });
    await engine.ready;
    await (await post('/v1/completions', { prompt: 'x', max_tokens: 11, ignore_eos: true })).text();
    // The engine's own figures come from the schedule, not from a clock: they are exact.
    expect(await metric(url, 'vllm:time_to_first_token_seconds_sum')).toBeCloseTo(0.005, 9);
    expect(await metric(url, 'vllm:inter_token_latency_seconds_sum')).toBeCloseTo(0.01, 9);
    expect(await metric(url, 'vllm:e2e_request_latency_seconds_sum')).toBeCloseTo(0.015, 9);
  });
});

describe('refusals', () => {
  it.each([
    ['no JSON', '/v1/completions', '{', 400, 'BadRequestError', /not JSON/],
    ['no prompt', '/v1/completions', { max_tokens: 1 }, 400, 'BadRequestError', /prompt/],
    ['an empty prompt', '/v1/completions', { prompt: '' }, 400, 'BadRequestError', /empty/],
    ['no messages', '/v1/chat/completions', { messages: [] }, 400, 'BadRequestError', /messages/],
    ['max_tokens of 0', '/v1/completions', { prompt: 'x', max_tokens: 0 }, 400, 'BadRequestError', /max_tokens/],
    ['another model', '/v1/completions', { prompt: 'x', model: 'y' }, 404, 'NotFoundError', /`y` does not exist/],
    [
      'more output than fits',
      '/v1/completions',
      { prompt: 'x', max_tokens: 100 },
      400,
      'BadRequestError',
      /too large: 100.*maximum context length is 100 tokens.*\(100 > 100 - 1\)/,
    ],
    [
      'a longer prompt than fits',
      '/v1/chat/completions',
      { messages: [{ role: 'user', content: 'word '.repeat(200) }] },
      400,
      'BadRequestError',
      /maximum context length is 100 tokens/,
    ],
    [
      'min_tokens above max_tokens',
      '/v1/completions',
      { prompt: 'x', min_tokens: 9, max_tokens: 5 },
      400,
      'BadRequestError',
      /min_tokens/,
    ],
  ])("answer %s in vLLM's words", async (_, path, body, status, type, message) => {
    const { engine, post } = await startEngine({ maxModelLen: 100 });
    await engine.ready;
    const answer = await post(path, body);
    expect(answer.status).toBe(status);
    const { error } = await json(answer);
    expect(error).toMatchObject({ type, code: status });
    expect(Object.keys(error)).toEqual(['message', 'type', 'param', 'code']);
    expect(error.message).toMatch(message);
  });

  it('say so of paths and methods that are not there', async () => {
    const { get } = await startEngine();
    expect((await get('/nowhere')).status).toBe(404);
    expect((await get('/v1/completions')).status).toBe(405);
  });

  it('turn requests away when the queue is full', async () => {
    const profile = withLatency({ timeToFirstTokenMs: 60_000 }, { maxNumSeqs: 1 });
    const { engine, url, post } = await startEngine({ profile, maxWaitingQueueLength: 1 });
    await engine.ready;
    const gone = new AbortController();
    const held = Promise.allSettled([1, 2].map((i) => post('/v1/completions', { prompt: `p${i}` }, gone.signal)));
    await expect.poll(() => metric(url, 'vllm:num_requests_waiting{')).toBe(1);
    expect((await post('/v1/completions', { prompt: 'one more' })).status).toBe(429);
    gone.abort();
    await held;
  });
});
