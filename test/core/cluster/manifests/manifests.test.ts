import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engineJob } from '#core/cluster/manifests/engine-job.ts';
import { engineService } from '#core/cluster/manifests/engine-service.ts';
import { gpuNodePool } from '#core/cluster/manifests/gpu-node-pool.ts';
import { loadJob } from '#core/cluster/manifests/load-job.ts';
import { loadNodePool } from '#core/cluster/manifests/load-node-pool.ts';
import { loadSlot } from '#core/cluster/manifests/load-slot.ts';
import type { ContainerSpec } from '#core/cluster/manifests/pod-parts.ts';
import { stageJob } from '#core/cluster/manifests/stage-job.ts';
import { engineUrl, Label, parseNodePoolName, RUN_ID } from '#core/cluster/names.ts';
import { stager } from '#core/cluster/stager.ts';
import { tokenizerFetcher } from '#core/cluster/tokenizer-fetcher.ts';
import { uploader } from '#core/cluster/uploader.ts';
import type { KubernetesObject } from '#core/ports/cluster.ts';
import { problemWith } from '#local/cluster/objects/validate.ts';

const NOW_MS = Date.parse('2026-07-01T12:00:00Z');
const DEADLINE = '2026-07-01T14:00:00.000Z';

/** All manifests of one deployment, as a run of this name makes them at this moment. */
function manifests({
  run = 'nightly',
  nowMs = NOW_MS,
  zone = 'us-east-1a',
  tokenizer,
}: {
  run?: string;
  nowMs?: number;
  zone?: string;
  tokenizer?: ContainerSpec;
} = {}) {
  const deployment = { id: 'abcdef012345', instanceType: 'g5.48xlarge', gpuCount: 8, shmGiB: 16 };
  const deadline = DEADLINE;
  const pool = gpuNodePool({ run, deployment, deadline, capacityType: 'spot', nowMs });
  const loadPool = loadNodePool({ run, deadline, nowMs, instanceType: 'c7i.4xlarge' });
  const engine = { image: 'vllm:v1', args: ['--port', '8001'], env: { A: '1' }, port: 8001, healthPath: '/health' };
  const nodePool = loadPool.metadata.name;
  const service = engineService({ run, deployment, deadline, targetPort: 8001 });
  return {
    pool,
    loadPool,
    service,
    engine: engineJob({ run, deployment, deadline, nowMs, nodePool: pool.metadata.name, engine }),
    load: loadJob({
      run,
      deployment,
      cell: { id: 'cell56789012' },
      attempt: 12,
      nodePool,
      nodeZone: zone,
      engineUrl: engineUrl(service.metadata.name),
      generator: { image: 'perf', args: ['-u', '$(ENGINE_URL)'], env: { OUT: '$(ARTIFACT_DIR)/x' } },
      uploader,
      ...(tokenizer && { tokenizer }),
      resultsBucket: 'bucket',
      destination: 'runs/nightly/artifacts/',
      timeoutSeconds: 900,
      deadline,
    }),
    slot: loadSlot({
      run,
      deployment,
      deadline,
      nodePool,
      zone,
      generator: { image: 'perf' },
      uploader,
    }),
    stage: stageJob({
      run,
      model: 'openai/gpt-oss-20b',
      modelHash: '0123456789ab',
      nodePool,
      deadline,
      nowMs,
      stager,
      resultsBucket: 'bucket',
      destination: 'models/x/',
      diskGiB: 60,
    }),
  };
}

const runId = fc.stringMatching(RUN_ID);
const jobs = ({ engine, load, slot, stage }: ReturnType<typeof manifests>) => [engine, load, slot, stage];

describe('every manifest', () => {
  it('is an object that an API server takes, for every run that there can be', () => {
    fc.assert(
      fc.property(runId, (run) => {
        for (const object of Object.values(manifests({ run })) as KubernetesObject[]) {
          expect(problemWith(object), `${object.kind} ${object.metadata.name}`).toBeUndefined();
        }
      }),
    );
  });

  it('says whose it is and until when', () => {
    for (const { metadata } of Object.values(manifests()) as KubernetesObject[]) {
      expect(metadata.labels).toMatchObject({ [Label.run]: 'nightly', [Label.managedBy]: 'stepbench' });
      expect(metadata.annotations).toMatchObject({ 'stepbench.dev/deadline': DEADLINE });
    }
  });

  it('has its own name', () => {
    const names = (Object.values(manifests()) as KubernetesObject[]).map(
      ({ kind, metadata }) => `${kind} ${metadata.name}`,
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('can be applied again later: only seconds that may change depend on the time', () => {
    const [now, later] = [manifests(), manifests({ nowMs: NOW_MS + 90_000 })];
    for (const [first, second] of jobs(now).map((job, at) => [job, jobs(later)[at]!] as const)) {
      expect(second.spec.template).toEqual(first.spec.template);
      expect(second.metadata).toEqual(first.metadata);
    }
    expect(later.pool.metadata).toEqual(now.pool.metadata);
  });
});

describe('pools', () => {
  it('hold exactly one instance of exactly one type, and say in their name what EC2 will show', () => {
    const { pool } = manifests();
    expect(pool.spec.limits).toEqual({ 'nvidia.com/gpu': '8' });
    const { requirements } = pool.spec.template.spec;
    expect(requirements).toEqual([
      { key: 'node.kubernetes.io/instance-type', operator: 'In', values: ['g5.48xlarge'] },
      { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['spot'] },
    ]);
    expect(parseNodePoolName(pool.metadata.name)).toEqual({
      run: 'nightly',
      what: 'abcdef012345',
      deadlineMs: Date.parse(DEADLINE),
    });
  });

  it('keep their name when the capacity type changes', () => {
    const deployment = { id: 'abcdef012345', instanceType: 'g5.xlarge', gpuCount: 1 };
    const ask = { run: 'nightly', deployment, deadline: DEADLINE, nowMs: NOW_MS };
    const [spot, onDemand] = (['spot', 'on-demand'] as const).map((capacityType) =>
      gpuNodePool({ ...ask, capacityType }),
    );
    expect(spot!.metadata).toEqual(onDemand!.metadata);
    expect(spot!.spec).not.toEqual(onDemand!.spec);
  });

  it('end all their nodes by the deadline, and are never drifted in the middle of a cell', () => {
    for (const pool of [manifests().pool, manifests().loadPool]) {
      expect(pool.spec.template.spec.expireAfter).toBe('7200s');
      expect(pool.spec.template.spec.terminationGracePeriod).toBe('10m');
      expect(pool.spec.disruption.consolidationPolicy).toBe('WhenEmpty');
      expect(pool.spec.disruption.budgets).toContainEqual({ nodes: '0', reasons: ['Drifted'] });
    }
  });

  it('restrict zones only when told to', () => {
    const ask = { run: 'r', deadline: DEADLINE, nowMs: NOW_MS, instanceType: 'c7i.4xlarge' };
    const keys = (pool: ReturnType<typeof loadNodePool>) =>
      pool.spec.template.spec.requirements.map(({ key, values }) => [key, values]);
    expect(keys(loadNodePool(ask))).toHaveLength(2);
    expect(keys(loadNodePool({ ...ask, zones: ['us-east-1b'] }))).toContainEqual([
      'topology.kubernetes.io/zone',
      ['us-east-1b'],
    ]);
  });
});

describe('an engine', () => {
  it('has the whole node, its deadline, and no second life', () => {
    const { engine, pool } = manifests();
    expect(engine.spec).toMatchObject({ backoffLimit: 0, activeDeadlineSeconds: 7200 });
    const pod = engine.spec.template.spec;
    expect(pod.containers[0]!.resources.limits).toEqual({ 'nvidia.com/gpu': '8' });
    expect(pod.nodeSelector).toEqual({ [Label.nodePool]: pool.metadata.name });
    expect(pod.volumes[0]!.emptyDir).toEqual({ medium: 'Memory', sizeLimit: '16Gi' });
    expect(engine.spec.template.metadata.annotations['karpenter.sh/do-not-disrupt']).toBe('true');
    expect(pod.terminationGracePeriodSeconds).toBe(30);
  });

  it('is reached by its Service, at the port on which it listens', () => {
    const { engine, service } = manifests();
    expect(engine.spec.template.metadata.labels).toMatchObject(service.spec.selector);
    expect(service.spec.ports[0]).toMatchObject({ port: 8000, targetPort: 8001 });
    expect(engineUrl(service.metadata.name)).toBe(`http://${service.metadata.name}.stepbench.svc:8000`);
    const [container] = engine.spec.template.spec.containers;
    for (const probe of [container!.startupProbe, container!.readinessProbe]) {
      expect(probe.httpGet).toEqual({ path: '/health', port: 8001 });
    }
  });

  it('is not started when its time is over, down to the last second', () => {
    fc.assert(
      fc.property(fc.integer({ min: -5_000, max: 5_000 }), (leftMs) => {
        const build = () => manifests({ nowMs: Date.parse(DEADLINE) - leftMs }).engine.spec.activeDeadlineSeconds;
        if (leftMs < 1000) expect(build).toThrow(expect.objectContaining({ name: 'DeadlinePassed' }));
        else expect(build()).toBe(Math.floor(leftMs / 1000));
      }),
    );
  });
});

describe('a load Job', () => {
  it('runs the generator before the uploader, on one volume, with what both need in their environment', () => {
    const { load, service } = manifests();
    const pod = load.spec.template.spec;
    const environment = (env: { name: string; value?: string }[]) => env.map(({ name, value }) => `${name}=${value}`);
    expect(environment(pod.initContainers[0]!.env)).toEqual([
      'ARTIFACT_DIR=/artifacts',
      `ENGINE_URL=http://${service.metadata.name}.stepbench.svc:8000`,
      'OUT=$(ARTIFACT_DIR)/x',
    ]);
    expect(environment(pod.containers[0]!.env)).toEqual([
      'ARTIFACT_DIR=/artifacts',
      'UPLOAD_PREFIX=runs/nightly/artifacts/',
      'RESULTS_BUCKET=bucket',
    ]);
    expect(pod.containers[0]!.volumeMounts).toEqual(pod.initContainers[0]!.volumeMounts);
  });

  it("brings the model's tokenizer before the generator reads it, and nothing of the weights", () => {
    const { load } = manifests({ tokenizer: tokenizerFetcher('models/abc/') });
    const [fetcher, generator] = load.spec.template.spec.initContainers;
    expect(fetcher?.env).toEqual([
      { name: 'RESULTS_BUCKET', value: 'bucket' },
      { name: 'TOKENIZER_PREFIX', value: 'models/abc/' },
      { name: 'TOKENIZER_DIR', value: '/tokenizer' },
    ]);
    expect(fetcher?.volumeMounts).toEqual([{ name: 'tokenizer', mountPath: '/tokenizer' }]);
    expect(generator?.volumeMounts).toContainEqual({ name: 'tokenizer', mountPath: '/tokenizer', readOnly: true });
    expect(manifests().load.spec.template.spec.volumes).toEqual([{ name: 'artifacts', emptyDir: {} }]);
  });

  it('fetches by rules that take the tokenizer and leave the weights, as the last rule that fits decides', () => {
    const [, , script = ''] = tokenizerFetcher('models/abc/').command ?? [];
    const rules = [...script.matchAll(/--(include|exclude) '([^']*)'/g)].map(([, kind, glob = '']) => ({
      takes: kind === 'include',
      pattern: new RegExp(`^${glob.replaceAll('.', '\\.').replaceAll('*', '.*')}$`),
    }));
    const takes = (name: string) => rules.findLast(({ pattern }) => pattern.test(name))?.takes ?? true;
    const there = [
      'tokenizer.json',
      'tokenizer_config.json',
      'config.json',
      'vocab.json',
      'merges.txt',
      'tokenizer.model',
    ];
    expect(there.filter(takes)).toEqual(there);
    const others = ['model-00001-of-00003.safetensors', 'model.safetensors.index.json', 'original/model.safetensors'];
    expect([...others, 'original/config.json', '.staged', 'README.md'].filter(takes)).toEqual([]);
  });

  it("is bound to the engine's zone, and to none when it is not known", () => {
    expect(JSON.stringify(manifests().load.spec.template.spec)).toContain('"values":["us-east-1a"]');
    expect(manifests({ zone: '' }).load.spec.template.spec).not.toHaveProperty('affinity');
  });

  it('has its own time limit, and is not tried again', () => {
    expect(manifests().load.spec).toMatchObject({ activeDeadlineSeconds: 900, backoffLimit: 0 });
  });
});

describe('hardening', () => {
  it('leaves no pod a token, a capability or a way to more privileges', () => {
    for (const { spec } of jobs(manifests())) {
      const pod = spec.template.spec;
      expect(pod.automountServiceAccountToken).toBe(false);
      expect(pod.securityContext.seccompProfile.type).toBe('RuntimeDefault');
      const containers = [...('initContainers' in pod ? pod.initContainers : []), ...pod.containers];
      for (const { securityContext } of containers) {
        expect(securityContext).toMatchObject({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
      }
    }
  });

  it('names the token of the hub and never holds it: the stager does without where the stack has none', () => {
    const { stage, engine, load } = manifests();
    const valueFrom = { secretKeyRef: { name: 'stepbench-hugging-face', key: 'HF_TOKEN', optional: true } };
    expect(stage.spec.template.spec.containers[0]?.env).toContainEqual({ name: 'HF_TOKEN', valueFrom });
    // They ask the hub in some runs only.
    for (const job of [engine, load]) expect(JSON.stringify(job)).not.toContain('HF_TOKEN');
  });

  it('lets the uploader and the stager be nobody in particular, and no engine write to the bucket', () => {
    const { load, stage, engine } = manifests();
    for (const [one] of [load.spec.template.spec.containers, stage.spec.template.spec.containers]) {
      expect(one?.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    }
    const accounts = [load, stage, engine].map(({ spec }) => spec.template.spec.serviceAccountName);
    expect(accounts).toEqual(['stepbench-artifacts', 'stepbench-staging', 'stepbench-weights']);
  });
});
