import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkGenerator } from '#local/generators/doctor.ts';
import type { System } from '#local/generators/perf-analyzer.ts';
import { programs } from './fake-programs.ts';

let cache: string;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'stepbench-doctor-'));
  vi.stubEnv('STEPBENCH_PYTHON', join(await programs({ python: 'echo /usr/bin/python3; echo 3.12.1' }), 'python'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true });
});

const checks = async (system: Partial<System>) => {
  const found = await checkGenerator(cache, {
    platform: 'linux',
    arch: 'x64',
    glibc: '2.39',
    ownPerfAnalyzer: undefined,
    ...system,
  });
  return Object.fromEntries(found.map((check) => [check.name, check]));
};

describe('what the doctor says of load generators', () => {
  it('has both where both can run, and which of them "auto" takes', async () => {
    const { 'genai-perf': genaiPerf, aiperf } = await checks({});
    expect(genaiPerf).toMatchObject({ status: 'ok', detail: expect.stringContaining('taken by "auto"') });
    expect(aiperf).toMatchObject({ status: 'ok', detail: expect.stringContaining('"generator": "aiperf"') });
  });

  it('says why one cannot run, which is neither a failure while the other can nor well', async () => {
    const { 'genai-perf': genaiPerf, aiperf, 'disk space': space } = await checks({ glibc: '2.36' });
    expect(genaiPerf).toMatchObject({ status: 'info', detail: expect.stringMatching(/cannot run here.*2\.36/) });
    expect(aiperf).toMatchObject({ status: 'ok', detail: expect.stringContaining('taken by "auto"') });
    expect(space).toBeDefined();
  });

  it('fails without a Python', async () => {
    vi.stubEnv('STEPBENCH_PYTHON', '/not/there');
    expect((await checks({})).python).toMatchObject({
      status: 'fail',
      nextStep: expect.stringContaining('STEPBENCH_PYTHON'),
    });
  });
});
