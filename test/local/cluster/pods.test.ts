import { describe, expect, it } from 'vitest';
import { loadJob } from '#core/cluster/manifests/load-job.ts';
import { loadNodePool } from '#core/cluster/manifests/load-node-pool.ts';
import { loadSlot } from '#core/cluster/manifests/load-slot.ts';
import { engineUrl, Label } from '#core/cluster/names.ts';
import type { AnyObject, Cluster, KubernetesObject } from '#core/ports/cluster.ts';
import type { Launcher, VirtualStart } from '#local/cluster/images.ts';
import { untilIn } from './until.ts';
import { CLUSTER, DEPLOYMENT, ENGINE_IMAGE, engineManifests, podsOf, refOf, virtualCloud } from './virtual-cloud.ts';

const secondsBetween = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 1000;
const condition = (object: AnyObject | undefined, type: string) =>
  object?.status?.conditions?.find((one: { type: string }) => one.type === type);
const isFinished = async (cluster: Cluster, job: KubernetesObject) => {
  const found = await cluster.get(refOf(job));
  return condition(found, 'Complete') !== undefined || condition(found, 'Failed') !== undefined;
};

/** An engine that serves, and a load Job against it whose containers are the launchers given. */
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

describe('the phases of an engine', () => {
  it('are the latencies that were given: launch, pull, load', async () => {
    const { clock, cluster, cloud } = await virtualCloud();
    const { pool, job } = engineManifests(clock);
    await cluster.apply(pool);
    await cluster.apply(job);
    const startedAt = new Date(clock.nowMs()).toISOString();
    await untilIn(clock)(async () => condition((await podsOf(cluster, job))[0], 'Ready')?.status === 'True');
    const [pod] = await podsOf(cluster, job);
    const [node] = await cluster.list({ apiVersion: 'v1', kind: 'Node' });
    const scheduled = condition(pod, 'PodScheduled').lastTransitionTime;
    const running = pod?.status.containerStatuses[0].state.running.startedAt;
    expect(secondsBetween(startedAt, condition(node, 'Ready').lastTransitionTime)).toBeCloseTo(91.2);
    expect(secondsBetween(scheduled, running)).toBeCloseTo(240);
    expect(secondsBetween(running, condition(pod, 'Ready').lastTransitionTime)).toBeCloseTo(120);
    const messages = (await cluster.events({ kind: 'Pod', name: pod!.metadata.name })).map(({ message }) => message);
    expect(messages).toContain('Successfully pulled image "vllm/vllm-openai:v1" in 4m0s (4m0s including waiting)');
    await cloud.close();
  });

  it('see readiness at the next look of the probe, not before', async () => {
    const image = { [ENGINE_IMAGE]: { virtual: () => ({ durationMs: 'forever' as const, readyAfterMs: 121_000 }) } };
    const { clock, cluster, cloud } = await virtualCloud({ images: image });
    const { pool, job } = engineManifests(clock);
    await cluster.apply(pool);
    await cluster.apply(job);
    await untilIn(clock)(async () => condition((await podsOf(cluster, job))[0], 'Ready')?.status === 'True');
    const [pod] = await podsOf(cluster, job);
    const running = pod?.status.containerStatuses[0].state.running.startedAt;
    expect(secondsBetween(running, condition(pod, 'Ready').lastTransitionTime)).toBeCloseTo(125);
    await cloud.close();
  });

  it('end where the startup probe loses patience', async () => {
    const image = { [ENGINE_IMAGE]: { virtual: () => ({ durationMs: 'forever' as const, readyAfterMs: 1e9 }) } };
    const { clock, cluster, cloud } = await virtualCloud({ images: image });
    const { pool, job } = engineManifests(clock);
    await cluster.apply(pool);
    await cluster.apply(job);
    await untilIn(clock)(() => isFinished(cluster, job));
    const probe = job.spec.template.spec.containers[0]!.startupProbe;
    const [pod] = await podsOf(cluster, job);
    const { startedAt, finishedAt } = pod!.status.containerStatuses[0].state.terminated;
    expect(secondsBetween(startedAt, finishedAt)).toBeCloseTo(probe.periodSeconds * probe.failureThreshold);
    await cloud.close();
  });

  it('mark the node of an engine behind which there is no GPU', async () => {
    const virtual = () => ({ durationMs: 'forever' as const });
    for (const simulated of [true, false]) {
      const { clock, cluster, cloud } = await virtualCloud({ images: { [ENGINE_IMAGE]: { simulated, virtual } } });
      const { pool, job } = engineManifests(clock);
      await cluster.apply(pool);
      await cluster.apply(job);
      await untilIn(clock)(async () => (await podsOf(cluster, job))[0]?.status.phase === 'Running');
      const [node] = await cluster.list({ apiVersion: 'v1', kind: 'Node' });
      expect(node?.metadata.labels?.[Label.simulated]).toBe(simulated ? 'true' : undefined);
      await cloud.close();
    }
  });
});

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

describe('a container that cannot run', () => {
  it('backs off from an image that is nowhere, and says so where real kubelets do', async () => {
    const { clock, cluster, cloud } = await virtualCloud({ images: {} });
    const { pool, job } = engineManifests(clock);
    await cluster.apply(pool);
    await cluster.apply(job);
    const waiting = async () => (await podsOf(cluster, job))[0]?.status?.containerStatuses?.[0].state.waiting?.reason;
    await untilIn(clock)(async () => (await waiting()) === 'ErrImagePull');
    await untilIn(clock)(async () => (await waiting()) === 'ImagePullBackOff');
    const [pod] = await podsOf(cluster, job);
    expect(pod?.status.phase).toBe('Pending');
    const events = await cluster.events({ kind: 'Pod', name: pod!.metadata.name });
    expect(events.find(({ message }) => message.startsWith('Failed to pull image'))?.message).toContain('not found');
    expect(events.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['Failed', 'BackOff']));
    await cloud.close();
  });

  it('says which kind of launcher its image lacks', async () => {
    const { clock, cluster, cloud } = await virtualCloud({ images: { [ENGINE_IMAGE]: {} } });
    const { pool, job } = engineManifests(clock);
    await cluster.apply(pool);
    await cluster.apply(job);
    await untilIn(clock)(() => isFinished(cluster, job));
    expect((await podsOf(cluster, job))[0]?.status.containerStatuses[0].state.terminated).toMatchObject({
      reason: 'StartError',
      message: expect.stringContaining('no virtual launcher'),
    });
    await cloud.close();
  });
});

describe('faults', () => {
  const run = async (told: Parameters<Awaited<ReturnType<typeof virtualCloud>>['faults']['add']>[0]) => {
    const opened = await virtualCloud();
    opened.faults.add(told);
    const { pool, job } = engineManifests(opened.clock);
    await opened.cluster.apply(pool);
    await opened.cluster.apply(job);
    return { ...opened, pool, job, until: untilIn(opened.clock) };
  };

  it('crash an engine at its start or in the middle, with the code that was asked for', async () => {
    for (const told of [
      { kind: 'crash-at-start', exitCode: 9 },
      { kind: 'crash', afterMs: 200_000, exitCode: 9 },
    ] as const) {
      const { cluster, job, until, cloud } = await run({ ...told, where: { image: ENGINE_IMAGE } });
      await until(() => isFinished(cluster, job));
      expect((await podsOf(cluster, job))[0]?.status.containerStatuses[0].state.terminated.exitCode).toBe(9);
      await cloud.close();
    }
  });

  it('keep an engine from ever being ready', async () => {
    const { clock, cluster, job, cloud } = await run({ kind: 'never-ready', where: { role: 'engine' } });
    await clock.sleep(25 * 60_000);
    const [pod] = await podsOf(cluster, job);
    expect([pod?.status.phase, condition(pod, 'Ready').status]).toEqual(['Running', 'False']);
    await cloud.close();
  });

  it('lose a node, and with it the pod and the Job, at once', async () => {
    const { cluster, job, until, cloud } = await run({ kind: 'node-lost', afterMs: 400_000 });
    await until(() => isFinished(cluster, job));
    expect(condition(await cluster.get(refOf(job)), 'Failed')).toMatchObject({ reason: 'BackoffLimitExceeded' });
    for (const node of await cluster.list({ apiVersion: 'v1', kind: 'Node' })) {
      expect(condition(node, 'Ready').status).toBe('Unknown');
    }
    await until(async () => (await cluster.list({ apiVersion: 'v1', kind: 'Node' })).length === 0);
    await until(async () => (await cloud.clusters.instances({ cluster: CLUSTER })).length === 0);
    await cloud.close();
  });

  it('refuse capacity in one zone: the next one is tried at once', async () => {
    const where = { zone: 'us-east-1a' };
    const { cluster, job, until, cloud } = await run({ kind: 'insufficient-capacity', where });
    await until(async () => (await podsOf(cluster, job))[0]?.status.phase === 'Running');
    expect(cloud.instanceHistory().map(({ zone }) => zone)).toEqual(['us-east-1b']);
    expect(await cluster.events({ kind: 'NodeClaim' })).toEqual([]);
    await cloud.close();
  });

  it('refuse capacity so many times, and not once more', async () => {
    const { cluster, job, until, cloud } = await run({ kind: 'insufficient-capacity', times: 3 });
    await until(async () => (await podsOf(cluster, job))[0]?.status.phase === 'Running');
    const refused = (await cluster.events({ kind: 'NodeClaim' })).filter(
      (one) => one.reason === 'InsufficientCapacityError',
    );
    expect(refused).toHaveLength(3);
    expect(new Set(refused.map(({ regarding }) => regarding.name)).size).toBe(3);
    await cloud.close();
  });

  it('aim: another capacity type is not refused, and the pool that was changed to it gets its node', async () => {
    const { clock, cluster, pool, job, until, cloud } = await run({
      kind: 'insufficient-capacity',
      where: { capacityType: 'on-demand' },
    });
    await clock.sleep(60_000);
    expect(cloud.instanceHistory()).toEqual([]);
    const spot = structuredClone(pool);
    spot.spec.template.spec.requirements[1]!.values = ['spot'];
    await cluster.apply(spot);
    await until(async () => (await podsOf(cluster, job))[0]?.status.phase === 'Running');
    expect(cloud.instanceHistory().map(({ capacityType }) => capacityType)).toEqual(['spot']);
    await cloud.close();
  });
});
