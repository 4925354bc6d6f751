/**
 * How often does `stepbench compare` cry wolf, and how often does it miss? Runs of 4 deployments at 6 loads are drawn
 * from a model of noise, compared, and counted by exit code. What docs/measurement.md says of it is from here.
 * `node bench/compare.ts [draws]`.
 */
import type { CellRow } from '#core/results/cell-columns.ts';
import { compareRuns } from '#core/results/compare/compare.ts';
import { loadPoints } from '#core/results/load-points.ts';
import { summarize } from '#core/results/statistics/interval.ts';
import { normals, sampleRun } from '../test/core/results/compare/runs.ts';

const draws = Number(process.argv[2] ?? 1000);

/** Relative standard deviations. */
interface Noise {
  /** From repeat to repeat, of throughput; latency has 1.5 times as much, TTFT twice. */
  repeat: number;
  /** From node to node, of everything that a deployment measures in a run. */
  run: number;
  /** How different the cells are: each has its own noise, larger or smaller by this factor. */
  cells: number;
  /** Student's t with 5 degrees of freedom in the place of the normal, of the same standard deviation. */
  heavyTails: boolean;
}

const QUIET: Noise = { repeat: 0.02, run: 0.005, cells: 1, heavyTails: false };
const USUAL: Noise = { repeat: 0.02, run: 0.01, cells: 2, heavyTails: false };

const DEPLOYMENTS = ['g5.8xlarge', 'g5.12xlarge', 'g5.16xlarge', 'g5.48xlarge'].map((instance_type, place) => ({
  id: `d${place}`,
  instance_type,
  price_usd_per_hour: [2.448, 5.672, 4.096, 16.288][place] as number,
}));
const CONCURRENCIES = [10, 20, 40, 80, 120, 200];

const perfect = new Map(
  [1, 2, 3, 5].map((repeats) => [
    repeats,
    sampleRun({ run: 'x', repeats, deployments: DEPLOYMENTS, concurrencies: CONCURRENCIES }),
  ]),
);

const next = normals(20_260_101);

function deviate({ heavyTails }: Noise): number {
  if (!heavyTails) return next();
  const chi = Array.from({ length: 5 }, next).reduce((sum, value) => sum + value * value, 0);
  return (next() / Math.sqrt(chi / 5)) * Math.sqrt(3 / 5);
}

/** @param slower the share of its throughput that a row keeps. */
function draw(repeats: number, noise: Noise, scale: ReadonlyMap<string, number>, slower: (row: CellRow) => number) {
  const nodes = new Map(DEPLOYMENTS.map(({ id }) => [id, noise.run * next()]));
  return (perfect.get(repeats) as CellRow[]).map((row): CellRow => {
    const own = noise.repeat * (scale.get(cellOf(row)) ?? 1);
    const node = nodes.get(row.deployment_id) ?? 0;
    const times = (value: number | null, share: number) =>
      ((value ?? 0) * Math.exp(share * own * deviate(noise) - node)) / slower(row);
    return {
      ...row,
      output_tokens_per_s: 1 / times(1 / (row.output_tokens_per_s ?? 1), 1),
      request_latency_p95_ms: times(row.request_latency_p95_ms, 1.5),
      ttft_p95_ms: times(row.ttft_p95_ms, 2),
    };
  });
}

const cellOf = (row: CellRow): string => `${row.deployment_id}/${row.concurrency}`;

const scales = (noise: Noise): ReadonlyMap<string, number> =>
  new Map((perfect.get(1) as CellRow[]).map((row) => [cellOf(row), noise.cells ** Math.max(-1, Math.min(1, next()))]));

const same = () => 1;
const oneDeployment = (share: number) => (row: CellRow) => (row.deployment_id === 'd1' ? share : 1);
const oneCell = (share: number) => (row: CellRow) => (row.deployment_id === 'd1' && row.concurrency === 40 ? share : 1);

type Counts = Record<'regression' | 'no-regression' | 'inconclusive', number>;

function count(repeats: number, noise: Noise, slower: (row: CellRow) => number): Counts {
  const counts: Counts = { regression: 0, 'no-regression': 0, inconclusive: 0 };
  for (let n = 0; n < draws; n += 1) {
    const scale = scales(noise);
    const [baseline, run] = [draw(repeats, noise, scale, same), draw(repeats, noise, scale, slower)];
    counts[compareRuns(run, baseline).verdict] += 1;
  }
  return counts;
}

const percent = (part: number): string => `${((part / draws) * 100).toFixed(1)} %`;
const line = (...cells: (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`);

console.log(`${draws} draws each: 4 deployments x 6 loads, threshold 10 %.\n`);
line('what changed', 'noise', 'repeats', 'exit 1', 'exit 0', 'exit 3');
line('---', '---', '---', '---', '---', '---');
const noises: [string, Noise][] = [
  ['2 %, nodes 0.5 %', QUIET],
  ['2 % x 0.5..2, nodes 1 %', USUAL],
  ['the same, heavy tails', { ...USUAL, heavyTails: true }],
  ['the same, nodes 2 %', { ...USUAL, run: 0.02 }],
  ['the same, nodes 3 %', { ...USUAL, run: 0.03 }],
  ['4 % x 0.5..2, nodes 1 %', { ...USUAL, repeat: 0.04 }],
];
for (const [name, noise] of noises) {
  for (const repeats of [1, 2, 3, 5]) {
    const counts = count(repeats, noise, same);
    line('nothing', name, repeats, ...Object.values(counts).map(percent));
  }
}
for (const [name, slower] of [
  ['one deployment, -10 %', oneDeployment(0.9)],
  ['one deployment, -15 %', oneDeployment(0.85)],
  ['one deployment, -20 %', oneDeployment(0.8)],
  ['one of 24 cells, -20 %', oneCell(0.8)],
  ['one of 24 cells, -30 %', oneCell(0.7)],
  ['one of 24 cells, -50 %', oneCell(0.5)],
] as const) {
  for (const repeats of [1, 2, 3, 5]) {
    const counts = count(repeats, USUAL, slower);
    line(name, '2 % x 0.5..2, nodes 1 %', repeats, ...Object.values(counts).map(percent));
  }
}

console.log('\nHow often the 95 % interval of a mean holds the true one, repeats scattering by 2 % (lognormal):');
for (const repeats of [2, 3, 5, 10]) {
  let held = 0;
  for (let n = 0; n < 20 * draws; n += 1) {
    const interval = summarize(Array.from({ length: repeats }, () => Math.exp(0.02 * next())))?.interval;
    const truth = Math.exp(0.02 ** 2 / 2);
    if (interval !== undefined && interval !== null && interval.low <= truth && truth <= interval.high) held += 1;
  }
  console.log(`${repeats} repeats: ${percent(held / 20)}`);
}

console.log('\nHow often repeats that scatter by 2 % are said to disagree in throughput:');
for (const repeats of [2, 3, 5]) {
  let said = 0;
  let points = 0;
  for (let n = 0; n < draws; n += 1) {
    for (const { disagreements } of loadPoints(draw(repeats, QUIET, new Map(), same))) {
      points += 1;
      if (disagreements.includes('output_tokens_per_s')) said += 1;
    }
  }
  console.log(`${repeats} repeats: ${said} of ${points}`);
}
