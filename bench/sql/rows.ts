import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CellRow } from '#core/results/cell-columns.ts';
import { keyOf } from '#core/results/layout.ts';
import { toParquet } from '#core/results/parquet.ts';
import { measuredSample } from '#test/core/results/samples.ts';

/** A year of runs: each measures some of the deployments that there are, and each of them is one file. */
export const SHAPE = { deployments: 50, deploymentsOfRun: 10, cellsOfDeployment: 100, days: 365 };

/** Of `runs` runs, spread over a year. */
export const dayOfRun = (run: number, runs: number): string =>
  new Date(Date.UTC(2026, 0, 1 + Math.floor((run * SHAPE.days) / runs))).toISOString().slice(0, 10);

export const runName = (run: number): string => `run-${run}`;
export const deploymentName = (deployment: number): string => `deployment${deployment}`;

/** Numbers that look like chance and are the same each time (Park and Miller). */
function numbers(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state / 0x7fff_ffff;
  };
}

/** Writes at least so many rows as files of a store. @returns how many files and rows. */
export function writeRows(root: string, atLeast: number): { files: number; rows: number; runs: number } {
  const { deploymentsOfRun, cellsOfDeployment, deployments } = SHAPE;
  const runs = Math.ceil(atLeast / (deploymentsOfRun * cellsOfDeployment));
  for (let run = 0; run < runs; run += 1) {
    const day = dayOfRun(run, runs);
    for (let index = 0; index < deploymentsOfRun; index += 1) {
      const deployment = (run * 7 + index) % deployments;
      const key = keyOf({
        kind: 'results',
        table: 'cells',
        day,
        run: runName(run),
        deployment: deploymentName(deployment),
      });
      const path = join(root, key);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, toParquet('cells', cellsOf(run, deployment, day)));
    }
  }
  const files = runs * deploymentsOfRun;
  return { files, rows: files * cellsOfDeployment, runs };
}

function cellsOf(run: number, deployment: number, day: string): CellRow[] {
  const random = numbers(run * 1000 + deployment);
  return Array.from({ length: SHAPE.cellsOfDeployment }, (_, cell) => {
    const concurrency = 10 * (1 + (cell % 20));
    const latency = 1000 + 40 * concurrency * (0.8 + 0.4 * random());
    return measuredSample({
      run_id: runName(run),
      deployment_id: deploymentName(deployment),
      cell_id: `${deploymentName(deployment)}-${cell}`,
      instance_type: `g5.${deployment}xlarge`,
      concurrency,
      repeat: 1 + Math.floor(cell / 20),
      valid: random() > 0.05,
      output_tokens_per_s: 500 + 4 * concurrency * (0.8 + 0.4 * random()),
      request_latency_avg_ms: latency,
      request_latency_p95_ms: latency * 1.4,
      price_usd_per_hour: 1 + deployment / 4,
      started_at: `${day}T10:00:00.000Z`,
    });
  });
}
