import { describe, expect, it } from 'vitest';
import { FAILURE_TYPES, type Faults, NO_FAULTS } from '#local/engine/faults.ts';
import { events, INSTANT, metric, startEngine, withLatency } from './client.ts';

const start = async (faults: Partial<Faults>, seed = 0, profile = INSTANT) => {
  const crashes: string[] = [];
  const options = { faults: { ...NO_FAULTS, ...faults }, seed, profile };
  const started = await startEngine(options, (why) => crashes.push(why));
  return { ...started, crashes };
};

const ask = { prompt: 'x', max_tokens: 20, ignore_eos: true };

describe('startup', () => {
  it('answers 503 to everything about the model before its duration is over', async () => {
    const { get, post, url } = await startEngine({ startupDurationMs: 60_000 });
    const early = await Promise.all([get('/health'), get('/v1/models'), post('/v1/completions', ask)]);
    expect(early.map((answer) => answer.status)).toEqual([503, 503, 503]);
    expect(await metric(url, 'vllm:num_requests_running')).toBe(0);
  });

  it('answers when its duration is over, and not earlier', async () => {
    const before = performance.now();
    const { engine, get, post } = await startEngine({ startupDurationMs: 50 });
    await engine.ready;
    expect(performance.now() - before).toBeGreaterThan(49);
    const late = await Promise.all([get('/health'), get('/v1/models'), post('/v1/completions', ask)]);
    expect(late.map((answer) => answer.status)).toEqual([200, 200, 200]);
  });

  it('can fail when its duration is over', async () => {
    const { crashes } = await start({ failAtStartup: 'CUDA out of memory' });
    await expect.poll(() => crashes).toEqual(['CUDA out of memory']);
  });

  it('can hang for ever', async () => {
    const { get } = await start({ neverHealthy: true });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect((await get('/health')).status).toBe(503);
  });
});

describe('a dying engine', () => {
  it('dies after its time', async () => {
    const { crashes } = await start({ exitAfterMs: 20 });
    await expect.poll(() => crashes.length).toBe(1);
  });

  it('dies after as many requests as it was told', async () => {
    const { engine, post, crashes } = await start({ exitAfterRequests: 2 });
    await engine.ready;
    await (await post('/v1/completions', ask)).text();
    expect(crashes).toEqual([]);
    await (await post('/v1/completions', ask)).text();
    expect(crashes.length).toBe(1);
  });
});

describe('injected failures', () => {
  const statuses = async (faults: Partial<Faults>, seed: number, count = 40) => {
    const { engine, post } = await start(faults, seed);
    await engine.ready;
    const seen: number[] = [];
    for (let i = 0; i < count; i++) seen.push((await post('/v1/completions', ask)).status);
    return seen;
  };

  it('come at their rate, by the seed', async () => {
    const first = await statuses({ failureInjectionRate: 50, failureTypes: ['server_error'] }, 3);
    const failed = first.filter((status) => status === 500).length;
    expect(failed).toBeGreaterThan(10);
    expect(failed).toBeLessThan(30);
    expect(await statuses({ failureInjectionRate: 50, failureTypes: ['server_error'] }, 3)).toEqual(first);
    expect(await statuses({ failureInjectionRate: 50, failureTypes: ['server_error'] }, 4)).not.toEqual(first);
  });

  it('are of all types unless some are named', async () => {
    const any = new Set(await statuses({ failureInjectionRate: 100 }, 1, 60));
    expect([...any].sort()).toEqual([400, 401, 404, 429, 500]);
    expect(FAILURE_TYPES.length).toBe(6);
    expect(new Set(await statuses({ failureInjectionRate: 100, failureTypes: ['rate_limit'] }, 1, 5))).toEqual(
      new Set([429]),
    );
  });

  it('never come unasked', async () => {
    expect(new Set(await statuses({}, 1))).toEqual(new Set([200]));
  });
});

describe('a broken stream', () => {
  it('is cut in the middle, and its place is free again', async () => {
    const { engine, post, url } = await start(
      { streamFaultRate: 100, streamFault: 'cut' },
      0,
      withLatency({ interTokenLatencyMs: 10 }),
    );
    await engine.ready;
    const answer = await post('/v1/completions', { ...ask, stream: true });
    await expect(answer.text()).rejects.toThrow();
    await expect.poll(() => metric(url, 'vllm:num_requests_running')).toBe(0);
    expect(await metric(url, 'vllm:request_success_total{engine="0",finished_reason="abort"')).toBe(1);
  });

  it('falls silent in the middle and stays open', async () => {
    const { engine, post } = await start({ streamFaultRate: 100, streamFault: 'stall' });
    await engine.ready;
    const gone = new AbortController();
    const answer = await post('/v1/completions', { ...ask, stream: true }, gone.signal);
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const reading = (async () => {
      for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
      return 'ended';
    })().catch(() => 'broken');
    const patience = new Promise((resolve) => setTimeout(() => resolve('silent'), 300));
    expect(await Promise.race([reading, patience])).toBe('silent');
    const seen = events(text);
    expect([seen.parsed.length, seen.done]).toEqual([10, false]);
    gone.abort();
    await reading;
  });
});

describe('closing', () => {
  it('lets a running request finish within the shutdown timeout', async () => {
    const profile = withLatency({ timeToFirstTokenMs: 200 });
    const { engine, post, url } = await startEngine({ profile, shutdownTimeoutMs: 10_000 });
    await engine.ready;
    const answer = post('/v1/completions', { prompt: 'x', max_tokens: 1 });
    await expect.poll(() => metric(url, 'vllm:num_requests_running')).toBe(1);
    await engine.close();
    expect((await answer).status).toBe(200);
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  });

  it('cuts off what takes longer', async () => {
    const profile = withLatency({ timeToFirstTokenMs: 60_000 });
    const { engine, post, url } = await startEngine({ profile, shutdownTimeoutMs: 20 });
    await engine.ready;
    const answer = expect(post('/v1/completions', { prompt: 'x', max_tokens: 1 })).rejects.toThrow();
    await expect.poll(() => metric(url, 'vllm:num_requests_running')).toBe(1);
    await engine.close();
    await answer;
  });
});
