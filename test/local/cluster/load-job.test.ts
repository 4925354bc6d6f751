import { describe, expect, it } from 'vitest';
import { loadJob } from '#core/cluster/manifests/load-job.ts';
import { loadNodePool } from '#core/cluster/manifests/load-node-pool.ts';
import { loadSlot } from '#core/cluster/manifests/load-slot.ts';
import { engineUrl, Label } from '#core/cluster/names.ts';
import type { Launcher, VirtualStart } from '#local/cluster/images.ts';
import { untilIn } from './until.ts';
import {
  condition,
  DEPLOYMENT,
  ENGINE_IMAGE,
  engineManifests,
  isFinished,
  podsOf,
  refOf,
  secondsBetween,
  virtualCloud,
} from './virtual-cloud.ts';

async function load(images: Record<string, Launcher>, { zone = 'us-east-1a', timeoutSeconds = 3600 } = {}) {
  const opened = await virtualCloud({
    images: { [ENGINE_IMAGE]: { virtual: () => ({ durationMs: 'forever', readyAfterMs: 120_000 }) }, ...images },
  });
  const { clock, cluster } = opened;
  const engine = engineManifests(clock);
  for (const object of [engine.pool, engine.job, engine.service]) await cluster.apply(object);
  const deadline = engine.pool.metadata.annotations['stepbench.dev/deadline']!;
  const pool = loadNodePool({ run: 'run', deadline, nowMs: clock.nowMs(), instanceType: 'c7i.4xlarge' });
  await cluster.apply(pool);
  const job = (cell: string) =>
    loadJob({
      run: 'run',
      deployment: DEPLOYMENT,
      cell: { id: cell },
      attempt: 1,
      nodePool: pool.metadata.name,
      nodeZone: zone,
      engineUrl: engineUrl(engine.service.metadata.name),
      generator: { image: 'generator', args: ['--url', '$(ENGINE_URL)', '--dir', '$(ARTIFACT_DIR)', '$$(ENGINE_URL)'] },
      uploader: { image: 'uploader' },
      resultsBucket: 'bucket',
      destination: 'runs/run/artifacts/',
      timeoutSeconds,
      deadline,
    });
  return { ...opened, engine, pool, job, until: untilIn(clock) };
}

describe('a load Job', () => {
  it('runs the generator to its end, hands its files to the uploader and ends with its code', async () => {
    const uploaded: string[] = [];
    const { cluster, job, until, cloud } = await load({
      generator: {
        virtual: ({ files, env }) => ({
          durationMs: 60_000,
          finish: () => {
            files.write(`${env.ARTIFACT_DIR}/profile.json`, '{}');
            files.write(`${env.ARTIFACT_DIR}/exit-code`, '7');
            files.write('/tmp/scratch', 'not in a volume');
          },
        }),
      },
      uploader: {
        virtual: ({ files, env }) => {
          const folder = env.ARTIFACT_DIR!;
          uploaded.push(...files.list(folder).map((name) => `${env.UPLOAD_PREFIX}${name}`), ...files.list('/tmp'));
          return { durationMs: 1000, exitCode: Number(new TextDecoder().decode(files.read(`${folder}/exit-code`))) };
        },
      },
    });
    await cluster.apply(job('c1'));
    await until(() => isFinished(cluster, job('c1')));
    expect(uploaded).toEqual(['runs/run/artifacts/exit-code', 'runs/run/artifacts/profile.json']);
    const [pod] = await podsOf(cluster, job('c1'));
    const generator = pod?.status.initContainerStatuses[0].state.terminated;
    const uploader = pod?.status.containerStatuses[0].state.terminated;
    expect(generator).toMatchObject({ exitCode: 0, reason: 'Completed' });
    expect(uploader).toMatchObject({ exitCode: 7, reason: 'Error' });
    expect(secondsBetween(generator.startedAt, generator.finishedAt)).toBeCloseTo(60);
    expect(Date.parse(uploader.startedAt)).toBeGreaterThanOrEqual(Date.parse(generator.finishedAt));
    expect(condition(await cluster.get(refOf(job('c1'))), 'Failed')).toMatchObject({ reason: 'BackoffLimitExceeded' });
    await cloud.close();
  });

  it('sees the engine by its Service for as long as a ready pod is behind it', async () => {
    const seen: boolean[] = [];
    const virtual = ({ env, serving }: VirtualStart) => {
      seen.push(serving(env.ENGINE_URL!));
      return { durationMs: 1000 };
    };
    const { cluster, job, until, cloud, engine } = await load({
      generator: { virtual },
      uploader: { virtual: () => ({ durationMs: 0 }) },
    });
    await cluster.apply(job('early'));
    await until(() => isFinished(cluster, job('early')));
    await until(async () => (await podsOf(cluster, engine.job))[0]?.status.phase === 'Running');
    await cluster.apply(job('loading'));
    await until(() => isFinished(cluster, job('loading')));
    expect(condition((await podsOf(cluster, engine.job))[0], 'Ready').status).toBe('False');
    await until(async () => condition((await podsOf(cluster, engine.job))[0], 'Ready')?.status === 'True');
    await cluster.apply(job('ready'));
    await until(() => isFinished(cluster, job('ready')));
    await cluster.delete(refOf(engine.job));
    await cluster.apply(job('late'));
    await until(() => isFinished(cluster, job('late')));
    expect(seen).toEqual([false, false, true, false]);
    await cloud.close();
  });

  it('finds its variables expanded as Kubernetes does it', async () => {
    let args: string[] = [];
    const virtual = (start: VirtualStart) => {
      args = start.args;
      return { durationMs: 0 };
    };
    const { cluster, job, until, cloud, engine } = await load({ generator: { virtual }, uploader: { virtual } });
    await cluster.apply(job('c1'));
    await until(async () => args.length > 0);
    const url = engineUrl(engine.service.metadata.name);
    expect(args).toEqual(['--url', url, '--dir', '/artifacts', '$(ENGINE_URL)']);
    await cloud.close();
  });

  it("goes to the engine's zone, two to a node, in the place that was held for it", async () => {
    const quick = { virtual: () => ({ durationMs: 600_000 }) };
    const { cluster, job, pool, until, cloud } = await load(
      { generator: quick, uploader: quick },
      { zone: 'us-east-1b' },
    );
    const deadline = '2026-01-01T02:00:00Z';
    const slot = loadSlot({
      run: 'run',
      deployment: { id: 'slot' },
      deadline,
      nodePool: pool.metadata.name,
      zone: 'us-east-1b',
      generator: { image: 'generator' },
      uploader: { image: 'uploader' },
    });
    await cluster.apply(slot);
    const nodes = () =>
      cluster.list({ apiVersion: 'v1', kind: 'Node', labels: { [Label.nodePool]: pool.metadata.name } });
    await until(async () => (await nodes()).length === 1);
    await cluster.delete(refOf(slot));
    for (const cell of ['c1', 'c2']) await cluster.apply(job(cell));
    await until(async () => (await podsOf(cluster, job('c2')))[0]?.spec.nodeName !== undefined);
    expect((await nodes()).map(({ metadata }) => metadata.labels?.[Label.zone])).toEqual(['us-east-1b']);
    await cluster.apply(job('c3'));
    await until(async () => (await nodes()).length === 2);
    await cloud.close();
  });

  it('pulls an image once a node', async () => {
    const quick = { virtual: () => ({ durationMs: 1000 }) };
    const { cluster, job, until, cloud } = await load({ generator: quick, uploader: quick });
    for (const cell of ['c1', 'c2']) {
      await cluster.apply(job(cell));
      await until(() => isFinished(cluster, job(cell)));
    }
    const pulls = async (cell: string) => {
      const [pod] = await podsOf(cluster, job(cell));
      const events = await cluster.events({ kind: 'Pod', name: pod!.metadata.name });
      return events.filter(({ reason }) => reason === 'Pulling').length;
    };
    expect([await pulls('c1'), await pulls('c2')]).toEqual([2, 0]);
    await cloud.close();
  });
});
