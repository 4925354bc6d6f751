/**
 * What does a deployment cost the rehearsal behind `stepbench plan`, with few of them and with many? All of them at
 * once, which is the worst there is. Processor time, so that other work on the machine counts little; the first one
 * compiles and is not in the figures. Counts after `node bench/plan.ts` are rehearsed in place of 40 and 320. Goal: eight
 * times the deployments at no more than 1.5 times the time of each.
 */
import { readMatrix } from '#core/matrix/read.ts';
import { rehearse } from '#local/runtime/rehearse.ts';

const WARM_UP = 10;
const asked = process.argv.slice(2).map(Number);
const counts = asked.length > 0 ? asked : [40, 320];

/** One cell each. */
function matrixOf(deployments: number): unknown {
  // A type's memory bounds the sizes of its /dev/shm.
  const sizes = Array.from({ length: 100 }, (_, index) => 100 - index).find((size) => deployments % size === 0) ?? 1;
  const matrix = {
    instanceType: ['g5.8xlarge'],
    shmGiB: Array.from({ length: sizes }, (_, index) => index + 1),
    engineArguments: Array.from({ length: deployments / sizes }, (_, index) => ['--max-num-seqs', `${index + 1}`]),
    concurrency: [1],
  };
  const defaults = { model: 'openai/gpt-oss-20b', isl: 64, osl: 24 };
  return { name: 'many', matrix, defaults, budgetUsd: 1_000_000 };
}

async function measure(deployments: number) {
  const matrix = matrixOf(deployments);
  const read = readMatrix(matrix);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const count = read.matrix.deployments.length;
  const before = process.cpuUsage();
  const result = await rehearse({ matrix, run: 'bench', signal: new AbortController().signal });
  const { user, system } = process.cpuUsage(before);
  if (result.status !== 'SUCCEEDED') throw new Error(`${result.status}: ${result.error} ${result.cause}`);
  const ms = (user + system) / 1000;
  return {
    deployments: count,
    seconds: Number((ms / 1000).toFixed(1)),
    msOfEach: Number((ms / count).toFixed(1)),
    transitions: result.transitions,
    mostMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

await measure(WARM_UP);
const rows = [];
for (const count of counts) rows.push(await measure(count));
console.table(rows);
const [first] = rows;
const last = rows.at(-1);
if (first !== undefined && last !== undefined && first !== last) {
  console.log(
    `a deployment of ${last.deployments} takes ${(last.msOfEach / first.msOfEach).toFixed(2)} times what it takes of ${first.deployments}`,
  );
}
