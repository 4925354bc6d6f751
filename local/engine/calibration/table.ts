import type { MeasuredProfile } from '../model/measured.ts';
import { predict } from '../model/predict.ts';
import { profileFor } from '../model/profiles.ts';
import { replayCell } from './fit.ts';
import { type SeedCell, VALID_OCCUPANCY } from './seed.ts';

const HEAD = [
  '| instance | TP | C | occupancy | req/s measured | model | error | latency ms measured | model | error | steady req/s | steady latency ms |',
  '|---|---|---|---|---|---|---|---|---|---|---|---|',
];

/** Model against data, a line a cell, for docs/simulator.md. Errors in parentheses are of cells that are not valid. */
export function calibrationTable(profiles: readonly MeasuredProfile[], cells: SeedCell[], model: string): string {
  const rows = profiles.flatMap((profile) =>
    cells.filter((cell) => cell.instanceType === profile.instanceType).map((cell) => row(profile, cell, model)),
  );
  return [...HEAD, ...rows].join('\n');
}

export interface CellError {
  cell: SeedCell;
  /** Of the replay to the measurement, less one. */
  throughput: number;
  latency: number;
}

export function cellError(profile: MeasuredProfile, cell: SeedCell): CellError {
  const replayed = replayCell(profile, profile.prefillTimePerTokenMs, cell);
  return {
    cell,
    throughput: replayed.requestThroughputPerS / cell.requestThroughputPerS - 1,
    latency: replayed.latencyMs / cell.latencyMs - 1,
  };
}

function row(profile: MeasuredProfile, cell: SeedCell, model: string): string {
  const error = cellError(profile, cell);
  const steady = predict(profileFor({ instanceType: cell.instanceType, tensorParallel: cell.tensorParallel, model }), {
    concurrency: cell.concurrency,
    isl: cell.isl,
    osl: cell.osl,
  });
  const valid = cell.occupancy >= VALID_OCCUPANCY;
  const latencyError = percent(error.latency);
  const columns = [
    cell.instanceType,
    cell.tensorParallel,
    cell.concurrency,
    cell.occupancy.toFixed(2),
    cell.requestThroughputPerS.toFixed(2),
    (cell.requestThroughputPerS * (1 + error.throughput)).toFixed(2),
    percent(error.throughput),
    cell.latencyMs.toFixed(0),
    (cell.latencyMs * (1 + error.latency)).toFixed(0),
    valid ? latencyError : `(${latencyError})`,
    steady.requestThroughputPerS.toFixed(2),
    steady.latencyMs.toFixed(0),
  ];
  return `| ${columns.join(' | ')} |`;
}

const percent = (ratio: number): string => `${ratio < 0 ? '-' : '+'}${Math.abs(ratio * 100).toFixed(1)} %`;
