import { spawn } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadJob } from '#core/cluster/manifests/load-job.ts';
import { loadNodePool } from '#core/cluster/manifests/load-node-pool.ts';
import { engineUrl } from '#core/cluster/names.ts';
import type { AnyObject, Cluster, KubernetesObject } from '#core/ports/cluster.ts';
import { RealClock } from '#local/clock/real-clock.ts';
import { engineProgram, isAlive, type ProcessCloud, pidsOf, processCloud, script } from './process-cloud.ts';
import { untilIn } from './until.ts';
import { DEPLOYMENT, ENGINE_IMAGE, engineManifests, podsOf, refOf } from './virtual-cloud.ts';

const until = untilIn(new RealClock(), { stepMs: 10, limitMs: 20_000 });
const condition = (object: AnyObject | undefined, type: string) =>
  object?.status?.conditions?.find((one: { type: string }) => one.type === type);
const isReady = async (cluster: Cluster, job: KubernetesObject) =>
  condition((await podsOf(cluster, job))[0], 'Ready')?.status === 'True';
const isFinished = async (cluster: Cluster, job: KubernetesObject) => {
  const found = await cluster.get(refOf(job));
  return condition(found, 'Complete') !== undefined || condition(found, 'Failed') !== undefined;
};

describe('the process kubelet', () => {
  let opened: ProcessCloud;
  afterEach(() => opened.close());

  async function engine(...args: Parameters<typeof processCloud>) {
    opened = await processCloud(...args);
    const { cluster, clock } = opened;
    const manifests = engineManifests(clock);
    for (const object of [manifests.pool, manifests.job, manifests.service]) await cluster.apply(object);
    return { ...opened, ...manifests };
  }

  async function loaded(images: Parameters<typeof processCloud>[0], service?: string) {
    const { clock, cluster } = opened;
    const deadline = new Date(clock.nowMs() + 60_000).toISOString();
    const pool = loadNodePool({ run: 'run', deadline, nowMs: clock.nowMs(), instanceType: 'c7i.4xlarge' });
    const job = loadJob({
      run: 'run',
      deployment: DEPLOYMENT,
      cell: { id: 'c1' },
      attempt: 1,
      nodePool: pool.metadata.name,
      nodeZone: '',
      engineUrl: engineUrl(service ?? 'nobody'),
      generator: { image: 'generator', args: ['$(ENGINE_URL)/v1'], env: { FOLDER: '$(ARTIFACT_DIR)/sub' } },
      uploader: { image: 'uploader' },
      resultsBucket: 'bucket',
      destination: 'prefix/',
      timeoutSeconds: 30,
      deadline,
    });
    expect(Object.keys(images ?? {})).toEqual(['generator', 'uploader']);
    await cluster.apply(pool);
    await cluster.apply(job);
    await until(() => isFinished(cluster, job));
    const [pod] = await podsOf(cluster, job);
    const log = (container: string) =>
      cluster.logs({ namespace: 'stepbench', pod: pod!.metadata.name, container, tailLines: 100 });
    return { pod: pod!, log };
  }

  it('starts an engine, finds it ready over HTTP, and ends it with all its descendants', async () => {
    const { cluster, job, pool } = await engine();
    await until(() => isReady(cluster, job));
    const pids = await pidsOf(cluster, job);
    expect(pids.map(isAlive)).toEqual([true, true]);
    await cluster.delete(refOf(job));
    await cluster.delete(refOf(pool));
    await until(async () => (await podsOf(cluster, job)).length === 0);
    await until(async () => !pids.some(isAlive));
    await until(async () => (await opened.cloud.clusters.instances({ cluster: 'bench' })).length === 0);
  });

  it('kills what does not hear SIGTERM when the grace is over', async () => {
    const { cluster, job } = await engine({ [ENGINE_IMAGE]: engineProgram('deaf') });
    await until(() => isReady(cluster, job));
    const pids = await pidsOf(cluster, job);
    // Deleted through the port a pod has the grace of its manifest; the node's end gives none.
    await opened.cloud.clusters.disableCompute('bench');
    await until(async () => !pids.some(isAlive));
  });

  it('ends the family of a container whose supervisor was killed', async () => {
    const { cluster, job } = await engine();
    await until(() => isReady(cluster, job));
    const pids = await pidsOf(cluster, job);
    const status = await readFile(`/proc/${pids[0]}/status`, 'utf8');
    process.kill(Number(/^PPid:\t(\d+)$/m.exec(status)![1]), 'SIGKILL');
    await until(() => isFinished(cluster, job));
    await until(async () => !pids.some(isAlive));
    const [pod] = await podsOf(cluster, job);
    expect(pod?.status.containerStatuses[0].state.terminated.message).toContain('SIGKILL');
  });

  it('runs a load against the address of a Service, with folders for volumes and files that outlive the generator', async () => {
    const images = {
      generator: script(`
        const { mkdirSync, writeFileSync } = require('node:fs');
        mkdirSync(process.env.FOLDER);
        fetch(process.argv[1].replace('/v1', '/health')).then((answer) => answer.text()).then((text) => {
          writeFileSync(process.env.FOLDER + '/answer', text);
        });`),
      uploader: script(`
        console.log(require('node:fs').readFileSync(process.env.ARTIFACT_DIR + '/sub/answer', 'utf8'));
        process.exit(5);`),
    };
    const { cluster, job, service } = await engine(images);
    await until(() => isReady(cluster, job));
    const { pod, log } = await loaded(images, service.metadata.name);
    expect(await log('uploader')).toBe('well');
    expect(pod.status.initContainerStatuses[0].state.terminated.exitCode).toBe(0);
    expect(pod.status.containerStatuses[0].state.terminated.exitCode).toBe(5);
  });

  it('gives containers nothing of its own environment but what they need, and no stdin', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    const images = {
      generator: script(`
        process.stdin.on('end', () => console.log('no stdin')).resume();
        console.log(Object.keys(process.env).sort().join(' '));`),
      uploader: script(''),
    };
    opened = await processCloud(images);
    const { log } = await loaded(images);
    vi.unstubAllEnvs();
    const said = await log('generator');
    expect(said).toContain('no stdin');
    const names = said.split('\n')[0]!.split(' ');
    const allowed = ['ARTIFACT_DIR', 'ENGINE_URL', 'FOLDER', 'HOME', 'LANG', 'PATH', 'STEPBENCH_CONTAINER', 'TMPDIR'];
    expect(names.filter((name) => !allowed.includes(name))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['ARTIFACT_DIR', 'ENGINE_URL', 'FOLDER', 'PATH']));
  });

  it('fails a container whose program is not there, and says which', async () => {
    const images = {
      generator: { process: () => ({ command: '/no/such/program', args: [] }) },
      uploader: script(''),
    };
    opened = await processCloud(images);
    const { pod } = await loaded(images);
    expect(pod.status.initContainerStatuses[0].state.terminated).toMatchObject({
      exitCode: 128,
      reason: 'StartError',
      message: expect.stringContaining('/no/such/program'),
    });
  });

  it('crashes a real process when told to', async () => {
    const { cluster, job } = await engine({}, [{ kind: 'crash', afterMs: 500, exitCode: 42 }]);
    await until(() => isFinished(cluster, job));
    const [pod] = await podsOf(cluster, job);
    expect(pod?.status.containerStatuses[0].state.terminated.exitCode).toBe(42);
    expect((await pidsOf(cluster, job)).filter(isAlive)).toEqual([]);
  });

  it('ends everything when it closes, and removes the folders of pods that are gone', async () => {
    const { cluster, job, cloud, workDir } = await engine();
    await until(() => isReady(cluster, job));
    const pids = await pidsOf(cluster, job);
    await cluster.delete(refOf(job));
    await until(async () => (await readdir(join(workDir, 'bench'))).length === 0);
    const again = engineManifests(opened.clock, { run: 'again' });
    await cluster.apply(again.pool);
    await cluster.apply(again.job);
    await until(async () => (await pidsOf(cluster, again.job)).length === 2);
    pids.push(...(await pidsOf(cluster, again.job)));
    await cloud.close();
    expect(pids.filter(isAlive)).toEqual([]);
  });
});

describe('kill -9', () => {
  async function parent() {
    const program = fileURLToPath(new URL('./programs/parent.ts', import.meta.url));
    const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await child.stdout.take(1).toArray()) as Buffer[];
    return { child, ...(JSON.parse(String(line)) as { pids: number[]; workDir: string }) };
  }

  it('of the run leaves no process of its containers', async () => {
    const { child, pids, workDir } = await parent();
    expect(pids.map(isAlive)).toEqual([true, true]);
    child.kill('SIGKILL');
    await until(async () => !pids.some(isAlive));
    await rm(workDir, { recursive: true, force: true });
  });
});
