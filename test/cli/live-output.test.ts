import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planOf } from '#cli/planning.ts';
import { History } from '#test/core/progress/history.ts';
import { fakeCli, MATRIX, NOW_MS, stepbench } from './fake-cli.ts';
import { eventsOf, fakeRun, RESULT } from './fake-run.ts';

let folder: string;
let matrixFile: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepbench-cli-'));
  matrixFile = join(folder, 'matrix.json');
  await writeFile(matrixFile, JSON.stringify(MATRIX));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the output of a run', () => {
  it('is a line for each change where there is no terminal', async () => {
    const cli = fakeCli({ startLocalRun: fakeRun() });
    await stepbench(cli, 'run', matrixFile);
    const lines = cli.stderr.text().split('\n');
    expect(cli.stderr.text()).not.toContain('\u001b');
    expect(lines).toContain('0:00 run: measure');
    for (const phase of ['launch', 'pull', 'load', 'release']) {
      expect(lines.filter((line) => line.endsWith(`g5.8xlarge TP=1: ${phase}`))).toHaveLength(1);
    }
    expect(lines).toContain('2:00 g5.8xlarge TP=1: concurrency=2 measured after 20 s');
    expect(lines.filter((line) => line.includes('its node is gone'))).toHaveLength(2);
  });

  it('says where an engine is while it is held', async () => {
    const asked: unknown[] = [];
    const cli = fakeCli({
      startLocalRun: async (options) => {
        const { id } = planOf(options.matrix, 'test', { run: 'r', nowMs: NOW_MS }).deployments[0]!;
        const deadline = new Date(NOW_MS + 3_600_000).toISOString();
        const { events } = new History(`arn:${id}`, { parent: 'arn:run', startMs: NOW_MS })
          .start({ deployment: id, cells: [], holdSeconds: 600 })
          .task('ProvisionNodePool', { capacity: 0, deploymentDeadline: deadline }, {})
          .enter('HoldDeployment', 'Wait');
        const done = (async () => {
          await setImmediate();
          for (const event of [...events, ...events.slice(-1)]) options.onEvent?.(event);
          return RESULT;
        })();
        const engineUrl = (at: unknown) => {
          asked.push(at);
          return 'http://127.0.0.1:4711';
        };
        return { done, stop: () => {}, engineUrl };
      },
    });
    await stepbench(cli, 'run', matrixFile);
    expect(cli.stderr.text().match(/.* is held until .*/g)).toEqual([
      'g5.8xlarge TP=1 is held until 12:10 UTC: http://127.0.0.1:4711',
    ]);
    expect(asked).toMatchObject([{ cluster: 'stepbench', deployment: expect.any(String) }]);
  });

  it('is drawn in place on a terminal, and its last state stays', async () => {
    const cli = fakeCli({
      isTTY: true,
      startLocalRun: async (options) => {
        options.onProgress?.('Installing the load generator');
        const events = eventsOf(options.matrix);
        for (const event of events.slice(0, 40)) options.onEvent?.(event);
        cli.tick();
        for (const event of events.slice(40)) options.onEvent?.(event);
        return { done: Promise.resolve(RESULT), stop: () => {}, engineUrl: () => '' };
      },
    });
    expect(await stepbench(cli, 'run', matrixFile)).toBe(0);
    const text = cli.stderr.text();
    expect(text).toContain('Installing the load generator\n');
    expect(text).toMatch(/measure · .* · \d\/4 cells/);
    expect(text).toMatch(/SUCCEEDED · .* · 4\/4 cells/);
    expect(text.match(/Installing/g)).toHaveLength(1);
  });
});
