import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type LoadScriptOptions, underLoadScript } from '#core/generators/load-script.ts';
import { readObservations } from '#core/generators/observations.ts';
import { artifactsIn, runLoad } from './run-load.ts';

const METRICS = readFileSync(join(import.meta.dirname, '../fixtures/generator-outputs/vllm/metrics.txt'), 'utf8');
const DCGM = readFileSync(join(import.meta.dirname, '../fixtures/dcgm/metrics.prom'), 'utf8');

const servers: Server[] = [];
const folders: string[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** In the place of a load generator: nothing but time passes. */
const waiting = (seconds: number) => ({
  command: ['python3', '-I', '-S', '-c', `import time; time.sleep(${seconds})`],
  args: [],
  env: {},
  unset: [],
});

async function run(engineUrl: string, options: LoadScriptOptions, seconds = 4) {
  const startedAt = new Date().toISOString();
  const load = await runLoad(underLoadScript(waiting(seconds), 60, options), { engineUrl, env: {} });
  folders.push(load.folder);
  expect(load.exitCode).toBe(0);
  const files = artifactsIn(load.folder);
  const seen = await readObservations(files, { startedAt, endedAt: new Date().toISOString() }, null);
  return { ...load, files, seen };
}

describe('the load script', () => {
  it('drops the prefix cache first, and sees the engine, the GPUs and its own machine while the load runs', async () => {
    const asked: string[] = [];
    const engine = await serve((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const scrapes = asked.filter((line) => line === 'GET /metrics').length;
      const running = METRICS.replace(/^(vllm:num_requests_running\{.*\}) 0\.0$/m, '$1 7.0');
      response.end(
        scrapes < 2 ? METRICS : running.replace(/^(vllm:generation_tokens_total\{.*\}) 8\.0$/m, '$1 5008.0'),
      );
    });
    const exporter = await serve((_, response) => response.end(DCGM));
    const { seen, files } = await run(engine, { resetsPrefixCache: true, gpuMetricsUrl: `${exporter}/metrics` });

    expect(asked.slice(0, 2)).toEqual(['POST /reset_prefix_cache', 'GET /metrics']);
    expect(seen).toMatchObject({
      prefixCacheReset: true,
      engineRestarted: false,
      engineCounters: { 'vllm:generation_tokens_total': 5000, 'vllm:num_requests_running': 7 },
    });
    expect(seen.gpu?.powerWatts).toBeCloseTo(677, 6);
    expect(seen.clientCpuShare).toBeGreaterThan(0);
    expect(seen.clientCpuShare).toBeLessThanOrEqual(1);
    // Before, while and after: nobody sets the clock here.
    const clock = new TextDecoder().decode(await files.read('clock'));
    expect(clock.trim().split('\n').length).toBeGreaterThanOrEqual(4);
    expect(seen.clockStepSeconds).toBeGreaterThanOrEqual(0);
    expect(seen.clockStepSeconds).toBeLessThan(0.05);
    // Of thousands of lines only those that are read.
    const [sample] = [new TextDecoder().decode(await files.read('metrics-during.prom'))];
    expect(sample).toMatch(/^# sample \d{10}\.\d{3}\nvllm:/);
    expect(sample).not.toContain('_bucket');
  });

  it('asks for no reset and no GPU unless it is told to', async () => {
    const asked: string[] = [];
    const engine = await serve((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end(METRICS);
    });
    const { seen, files } = await run(engine, {}, 0.5);
    expect(new Set(asked)).toEqual(new Set(['GET /metrics']));
    expect(seen).toMatchObject({ prefixCacheReset: null, gpu: null });
    expect(await files.list()).not.toContain('gpu-metrics.prom');
  });

  it('goes on where the engine refuses, and nothing answers where the exporter should be', async () => {
    const engine = await serve((request, response) => {
      response.statusCode = request.method === 'POST' ? 404 : 200;
      response.end(request.method === 'POST' ? '' : METRICS);
    });
    const { seen } = await run(engine, { resetsPrefixCache: true, gpuMetricsUrl: 'http://127.0.0.1:9/metrics' }, 0.5);
    expect(seen).toMatchObject({ prefixCacheReset: null, gpu: null, engineRestarted: false });
  });

  it('ends a generator in time although the engine answers none of its samples', async () => {
    let scrapes = 0;
    const engine = await serve((_, response) => {
      scrapes += 1;
      if (scrapes === 1) response.end(METRICS);
    });
    const startedMs = Date.now();
    const load = await runLoad(underLoadScript(waiting(60), 16), { engineUrl: engine, env: {} });
    folders.push(load.folder);
    expect(load.output).toContain('the load generator ended with 124');
    expect(Date.now() - startedMs).toBeLessThan(16_000);
  });
});
