import { type MatrixResult, readMatrix } from '#core/matrix/read.ts';
import { makePlan, quotesNeeded } from '#core/plan/plan.ts';
import { quote } from '#core/pricing/quote.ts';

/**
 * A matrix of 10,000 and of 100,000 cells: read (expanded and checked) and planned. Ten times the cells should take
 * about ten times as long; both are measured in the same run, so their ratio holds on any machine. The heap is what
 * stays after a garbage collection (`node --expose-gc`).
 */
const CELLS_PER_DEPLOYMENT = 50;
const INSTANCE_TYPES = ['g5.8xlarge', 'g6.xlarge', 'g6e.2xlarge', 'p5.4xlarge'];

const numbers = (count: number, step: number) => Array.from({ length: count }, (_, index) => (index + 1) * step);

const document = (cells: number) => ({
  name: 'bench',
  matrix: {
    instanceType: INSTANCE_TYPES,
    engineArguments: numbers(cells / CELLS_PER_DEPLOYMENT / INSTANCE_TYPES.length, 16).map((tokens) => [
      '--max-num-batched-tokens',
      String(tokens),
    ]),
    concurrency: numbers(10, 10),
    isl: numbers(5, 100),
    exclude: [{ instanceType: 'g5.8xlarge', concurrency: 10, isl: 100 }],
    include: [{ instanceType: 'g6.xlarge', isl: 100, note: 'short' }],
  },
  defaults: { model: 'openai/gpt-oss-20b', osl: 64 },
  budgetUsd: 1_000_000,
});

/** The same, with a mistake that three quarters of all combinations have, and one in each of them. */
const mistaken = (cells: number) => ({
  ...document(cells),
  defaults: { model: 'Qwen/Qwen3-32B', osl: 64 },
  load: { requestCount: 5 },
});

const heapMiB = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

/** Of the processor, so that other work on the machine counts little; garbage of earlier runs is swept before. */
function timed<T>(work: () => T): { result: T; milliseconds: number } {
  globalThis.gc?.();
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { result, milliseconds: (user + system) / 1000 };
}

/** The fastest of some runs: the first ones also compile. */
function fastest<T>(work: () => T): { result: T; milliseconds: number } {
  const runs = Array.from({ length: 5 }, () => timed(work)).sort((a, b) => a.milliseconds - b.milliseconds);
  return runs[0] as { result: T; milliseconds: number };
}

function planned(read: MatrixResult) {
  if (!read.ok) throw new Error(JSON.stringify(read.problems.slice(0, 3)));
  const { matrix } = read;
  const quotes = quotesNeeded(matrix).map((needed) => quote({ ...needed, region: matrix.region }));
  const result = makePlan(matrix, { run: 'bench', startedAt: '2026-01-01T00:00:00.000Z', generator: 'aiperf', quotes });
  if (!result.ok) throw new Error(JSON.stringify(result.problems.slice(0, 3)));
  return result.plan;
}

function measure(cells: number) {
  const input = document(cells);
  const before = heapMiB();
  const read = fastest(() => readMatrix(input));
  const matrixMiB = heapMiB() - before;
  const plan = fastest(() => planned(read.result));
  const planMiB = heapMiB() - before - matrixMiB;
  const wrong = mistaken(cells);
  const refused = fastest(() => readMatrix(wrong));
  return {
    cells: plan.result.totalCells,
    deployments: plan.result.deployments.length,
    readMs: Math.round(read.milliseconds),
    planMs: Math.round(plan.milliseconds),
    matrixMiB: Math.round(matrixMiB),
    planMiB: Math.round(planMiB),
    refuseMs: Math.round(refused.milliseconds),
    problems: refused.result.ok ? 0 : refused.result.problems.length,
  };
}

measure(10_000);
const small = measure(10_000);
const large = measure(100_000);
console.table([small, large]);
const ratio = (key: 'readMs' | 'planMs' | 'refuseMs' | 'cells') => (large[key] / small[key]).toFixed(1);
console.log(
  `ten times the cells (${ratio('cells')}): read ${ratio('readMs')} x, plan ${ratio('planMs')} x, refuse ${ratio('refuseMs')} x`,
);
console.log(`peak resident ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);
