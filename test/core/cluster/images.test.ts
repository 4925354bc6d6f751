import { describe, expect, it } from 'vitest';
import { GPU_EXPORTER_IMAGE } from '#core/cluster/gpu-exporter.ts';
import { IMAGES, pulledImages } from '#core/cluster/images.ts';
import { gpuTelemetry } from '#core/cluster/manifests/gpu-telemetry.ts';
import { pullFrom } from '#core/cluster/pull-from.ts';
import { AUTO_IN_AWS } from '#core/generators/generators.ts';
import type { AnyObject, Cluster } from '#core/ports/cluster.ts';
import { TASK_NAMES } from '#core/workflow/tasks.ts';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import { AWS_LATENCIES } from '#local/cluster/latencies.ts';
import { execute } from '#local/runtime/execute.ts';
import { openRuntime } from '#local/runtime/runtime.ts';
import { bindTasks, type Tasks } from '#local/runtime/tasks.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import { memoryStore } from '#local/store/memory-store.ts';
import { SMALL, silentSql } from '#test/local/runtime/virtual-run.ts';

const ECR = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const DIGEST = `sha256:${'0'.repeat(64)}`;

describe('images', () => {
  it('are pinned to a version each', () => {
    for (const image of Object.values(IMAGES)) expect(image).toMatch(/^[a-z0-9./-]+:v?\d+\.\d+[\w.-]*$/);
  });

  it('are what the code says, where nothing else is asked for', () => {
    for (const [image, pulled] of Object.entries(pulledImages({}))) expect(pulled).toBe(image);
  });

  it('keep repository and tag in a registry of copies', () => {
    const pulled = pulledImages({ copies: `${ECR}/stepbench` });
    expect(pulled[IMAGES.engine]).toBe(`${ECR}/stepbench/${IMAGES.engine}`);
    expect(pulled[IMAGES['genai-perf']]).toBe(`${ECR}/stepbench/${IMAGES['genai-perf'].replace('nvcr.io/', '')}`);
    expect(Object.values(pulled).every((one) => one.startsWith(`${ECR}/stepbench/`))).toBe(true);
  });

  it('come through the cache of their own registry, and by digest with the tag beside it', () => {
    const pulled = pulledImages({
      copies: `${ECR}/copies`,
      upstreams: { 'public.ecr.aws': `${ECR}/ecr-public` },
      digests: { [IMAGES.engine]: DIGEST },
    });
    expect(pulled[IMAGES.uploader]).toBe(`${ECR}/ecr-public/${IMAGES.uploader.replace('public.ecr.aws/', '')}`);
    expect(pulled[IMAGES.engine]).toBe(`${ECR}/copies/${IMAGES.engine}@${DIGEST}`);
  });
});

/** The images of all pods that a run makes, with the stack’s references in the place of the pinned ones. */
async function pulledInRun(pulled: Record<string, string>, generator: string): Promise<Set<string>> {
  const seen = new Set<string>();
  const runtime = await openRuntime({
    clock: new VirtualClock(),
    store: memoryStore(),
    sql: silentSql,
    executions: { isRunning: async () => true },
    kubelet: 'virtual',
    latencies: AWS_LATENCIES,
    engineLoadMs: 120_000,
  });
  const back = Object.fromEntries(Object.entries(pulled).map(([image, from]) => [from, image]));
  const connect = async (name: string): Promise<Cluster> => {
    const cluster = await runtime.ports.connect(name);
    const registry: Cluster = {
      ...pullFrom(cluster, {}),
      // Below the wrapper under test: what an API server would be given. Here the images are known by their own names.
      apply: (object) => {
        for (const image of imagesIn(object as AnyObject)) seen.add(image);
        return pullFrom(cluster, back).apply(object);
      },
    };
    return pullFrom(registry, pulled);
  };
  const bound = bindTasks({ ...runtime.ports, connect }, loadQueries(), { autoGenerator: AUTO_IN_AWS });
  const tasks = Object.fromEntries(TASK_NAMES.map((name) => [name, bound[name]])) as unknown as Tasks;
  const matrix = { ...SMALL, load: { generator } };
  const { done } = await execute({ ...runtime, tasks }, { matrix, run: 'small', name: 'small-1' });
  expect((await done).status).toBe('SUCCEEDED');
  await runtime.close();
  return seen;
}

const imagesIn = ({ spec }: AnyObject): string[] => {
  const { containers = [], initContainers = [] } = spec?.template?.spec ?? {};
  return [...containers, ...initContainers].map(({ image }: { image: string }) => image);
};

describe('a cluster that pulls from elsewhere', () => {
  it('runs nothing else, whatever a run needs', async () => {
    const pulled = pulledImages({ copies: `${ECR}/copies` });
    const seen = new Set([...(await pulledInRun(pulled, 'genai-perf')), ...(await pulledInRun(pulled, 'aiperf'))]);
    const { [GPU_EXPORTER_IMAGE]: _, ...ofRuns } = pulled;
    expect([...seen].sort()).toEqual(Object.values(ofRuns).sort());
  });

  it('pulls what watches the GPUs from there, too', async () => {
    const applied: AnyObject[] = [];
    const cluster = { apply: async (object: AnyObject) => applied.push(object) } as unknown as Cluster;
    const pulled = pulledImages({ copies: `${ECR}/copies`, digests: { [GPU_EXPORTER_IMAGE]: DIGEST } });
    for (const object of gpuTelemetry()) await pullFrom(cluster, pulled).apply(object);
    const [image] = applied.flatMap(imagesIn);
    expect(image).toBe(`${ECR}/copies/nvidia/k8s/dcgm-exporter:4.5.3-4.8.2-distroless@${DIGEST}`);
  });

  it('refuses an image that the stack says nothing of', async () => {
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'x', namespace: 'stepbench' },
      spec: { template: { spec: { containers: [{ image: 'somebody/else:1.0' }] } } },
    };
    const cluster = { apply: async (object: unknown) => object } as unknown as Cluster;
    expect(() => pullFrom(cluster, pulledImages({})).apply(job)).toThrow('somebody/else:1.0');
  });
});
