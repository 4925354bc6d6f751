/**
 * How much longer than its slowest deployment does a run take, and how many of the GPU seconds that are paid
 * for go into measuring? The predecessor's 24 cells in virtual time: cluster and model are there, a node takes
 * 90 s, the image 240 s, loading 120 s, and every cell what it took the predecessor.
 */
import { readFileSync } from 'node:fs';
import { stagedKey } from '#core/engines/weights.ts';
import { readMatrix } from '#core/matrix/read.ts';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import { AWS_LATENCIES } from '#local/cluster/latencies.ts';
import { seedCells } from '#local/engine/calibration/seed.ts';
import { execute } from '#local/runtime/execute.ts';
import { openRuntime } from '#local/runtime/runtime.ts';
import { memoryStore } from '#local/store/memory-store.ts';

const LOAD_SECONDS = 120;
const PREDECESSOR_SECONDS = 1902;

const matrix = JSON.parse(readFileSync('examples/g5-gpt-oss-20b.json', 'utf8'));
// Its four deployments: nobody has measured g5.48xlarge with TP=8 yet.
matrix.matrix.exclude.push({ instanceType: 'g5.48xlarge', tensorParallel: 8 });
matrix.matrix.include = matrix.matrix.include.filter((entry: { tensorParallel: number }) => entry.tensorParallel !== 8);
const read = readMatrix(matrix);
if (!read.ok) throw new Error(JSON.stringify(read.problems));

const seed = seedCells();
const wallSeconds = (of: { instanceType: string; tensorParallel: number }, concurrency: number | null): number => {
  const found = seed.find(
    (cell) =>
      cell.instanceType === of.instanceType &&
      cell.tensorParallel === of.tensorParallel &&
      cell.concurrency === concurrency,
  );
  if (found === undefined) throw new Error(`no cell of ${of.instanceType} at ${concurrency}`);
  return found.wallSeconds;
};

const clock = new VirtualClock();
const store = memoryStore();
for (const { model } of read.matrix.deployments) await store.put(stagedKey(model), 'staged');
const runtime = await openRuntime({
  clock,
  store,
  sql: {
    start: async ({ token }) => token,
    status: async () => ({ state: 'SUCCEEDED', scannedBytes: 0 }),
    rows: async function* () {},
  },
  executions: { isRunning: async () => true },
  kubelet: 'virtual',
  latencies: AWS_LATENCIES,
  engineLoadMs: LOAD_SECONDS * 1000,
  existing: [{ name: read.matrix.cluster.name, version: read.matrix.cluster.version, ours: true }],
  secondsOf: (deployment, cell) => ({ start: 0, warmup: 0, measure: wallSeconds(deployment, cell.concurrency) }),
});
const startedMs = clock.nowMs();
const { done, execution } = await execute(runtime, { matrix, run: 'makespan', name: 'makespan' });
const result = await done;
if (result.status !== 'SUCCEEDED') throw new Error(`${result.error}: ${result.cause}`);
const makespan = (clock.nowMs() - startedMs) / 1000;

const node = (AWS_LATENCIES.nodeLaunchMs + AWS_LATENCIES.imagePullMs('vllm/vllm-openai')) / 1000 + LOAD_SECONDS;
const release = (AWS_LATENCIES.nodeTerminationMs + AWS_LATENCIES.instanceGoneMs) / 1000;
const paths = read.matrix.deployments.map((deployment) => {
  const measuring = deployment.cells.reduce((sum, cell) => sum + wallSeconds(deployment, cell.concurrency), 0);
  return { instanceType: deployment.instanceType, measuring, path: node + measuring };
});
const slowest = Math.max(...paths.map(({ path }) => path));
const measuring = paths.reduce((sum, one) => sum + one.measuring, 0);
const billed = runtime.cloud
  .instanceHistory()
  .filter((one) => one.instanceType.startsWith('g'))
  .reduce((sum, one) => sum + ((one.stoppedAtMs ?? clock.nowMs()) - one.launchedAtMs) / 1000, 0);
await runtime.close();

console.log(`makespan                    ${makespan.toFixed(0)} s`);
console.log(`slowest deployment's path   ${slowest} s (node, image, load ${node} s; the rest is measuring)`);
console.log(`ratio                       ${(makespan / slowest).toFixed(3)}`);
console.log(
  `ratio to it and its release ${(makespan / (slowest + release)).toFixed(3)} (its node is gone ${release} s after its last cell)`,
);
console.log(
  `predecessor, one by one     ${PREDECESSOR_SECONDS} s, ${(PREDECESSOR_SECONDS / makespan).toFixed(2)} times as long`,
);
console.log(
  `GPU node seconds billed     ${billed.toFixed(0)} s, ${(billed / measuring).toFixed(2)} times the ${measuring} s of measuring`,
);
console.log(`beyond node, image, load    ${(billed - paths.length * node - measuring).toFixed(0)} s`);
console.log(`transitions                 ${execution.transitions()}`);
