import { expect, test } from 'vitest';
import { logTail } from '#lambdas/cluster/log-tail.ts';
import { ended, pod, running } from '#test/core/cluster/observe/samples.ts';
import { StandingClock } from '../fakes/clock.ts';
import { FakeCluster } from '../fakes/cluster.ts';

const cluster = new FakeCluster(new StandingClock());

test('the log is that of the container which failed, else of the last one', async () => {
  cluster.logTexts.set('pod/generator', 'from the generator');
  cluster.logTexts.set('pod/uploader', 'from the uploader');
  const failed = pod({ init: [ended('generator', 2)], main: [running('uploader')] });
  expect(await logTail(cluster, failed)).toBe(' Its last lines: from the generator');
  const well = pod({ init: [ended('generator', 0)], main: [running('uploader')] });
  expect(await logTail(cluster, well)).toBe(' Its last lines: from the uploader');
});

test('a long log is cut to its end, and none adds nothing', async () => {
  cluster.logTexts.set('pod/engine', `${'noise '.repeat(1000)}the reason\n\n`);
  const told = await logTail(cluster, pod({ main: [ended('engine', 1)] }));
  expect(told.endsWith('the reason')).toBe(true);
  expect(told.length).toBeLessThan(1600);
  cluster.logTexts.clear();
  expect(await logTail(cluster, pod({ main: [ended('engine', 1)] }))).toBe('');
  expect(await logTail(cluster, pod())).toBe('');
  expect(await logTail(cluster, undefined)).toBe('');
});
