import { parquetReadObjects } from 'hyparquet';
import { readMatrix } from '#core/matrix/read.ts';
import type { Executions } from '#core/ports/executions.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import type { Sql } from '#core/ports/sql.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import type { Fault } from '#local/cluster/faults.ts';
import { AWS_LATENCIES } from '#local/cluster/latencies.ts';
import { type ExecuteOptions, execute } from '#local/runtime/execute.ts';
import { openRuntime } from '#local/runtime/runtime.ts';
import { memoryStore } from '#local/store/memory-store.ts';

/** Two deployments of two cells, small enough to be run a hundred times. */
export const SMALL = {
  name: 'small',
  matrix: { instanceType: ['g5.8xlarge', 'g5.16xlarge'], concurrency: [2, 4] },
  defaults: { model: 'openai/gpt-oss-20b', isl: 64, osl: 24 },
  budgetUsd: 20,
};

/** Answers nothing, at once: what the statements are is another test's business. */
export const silentSql: Sql = {
  start: async ({ token }) => token,
  status: async () => ({ state: 'SUCCEEDED', scannedBytes: 0 }),
  rows: async function* () {},
};

export interface VirtualWorld {
  clock: VirtualClock;
  store: ObjectStore;
  /** ARNs of executions that have not ended. */
  running: Set<string>;
}

export const newWorld = (): VirtualWorld => ({ clock: new VirtualClock(), store: memoryStore(), running: new Set() });

export interface Ending {
  status: string;
  output: { status?: string; cells?: Record<string, number> } | undefined;
  error: string | undefined;
  cause: string | undefined;
  released: boolean;
  warnings: string[];
  rows: CellRow[];
  /** Cells and attempts in Parquet. */
  parquetCells: string[];
  /** Instances that nobody ended. */
  nodesLeft: number;
  /** And once every deadline has passed. */
  nodesLeftAfterDeadlines: number;
  gpuSeconds: number;
  transitions: number;
}

export interface RunOptions extends Partial<Pick<ExecuteOptions, 'around' | 'onEvent' | 'run' | 'name'>> {
  matrix?: unknown;
  faults?: Fault[];
  world?: VirtualWorld;
  /** Called when it has ended, before nodes are counted: what is delivered late. */
  ended?: (world: VirtualWorld) => Promise<void>;
  /** Called once it runs. */
  started?: (handle: { stop(reason: string): void; world: VirtualWorld }) => void;
}

const WELL_PAST_MS = 24 * 3_600_000;

/** A whole run through the committed machine and the real tasks, in virtual time. */
export async function virtualRun(options: RunOptions = {}): Promise<Ending> {
  const world = options.world ?? newWorld();
  const { clock, store, running } = world;
  const executions: Executions = { isRunning: async (arn) => running.has(arn) };
  const runtime = await openRuntime({
    clock,
    store,
    sql: silentSql,
    executions,
    kubelet: 'virtual',
    latencies: AWS_LATENCIES,
    engineLoadMs: 120_000,
    ...(options.faults && { faults: options.faults }),
  });
  const run = options.run ?? 'small';
  const executing = await execute(runtime, {
    matrix: options.matrix ?? SMALL,
    run,
    name: options.name ?? `${run}-1`,
    ...(options.around && { around: options.around }),
    ...(options.onEvent && { onEvent: options.onEvent }),
  });
  running.add(executing.execution.arn);
  options.started?.({ stop: executing.stop, world });
  const result = await executing.done;
  running.delete(executing.execution.arn);
  await options.ended?.(world);
  const left = () => runtime.cloud.instanceHistory().filter((one) => one.terminatedAtMs === undefined).length;
  const nodesLeft = left();
  if (nodesLeft > 0) await clock.sleep(WELL_PAST_MS);
  const nodesLeftAfterDeadlines = left();
  const gpuSeconds = runtime.cloud
    .instanceHistory()
    .filter((one) => /^[gp]\d/.test(one.instanceType))
    .reduce((sum, one) => sum + ((one.stoppedAtMs ?? clock.nowMs()) - one.launchedAtMs) / 1000, 0);
  await runtime.close();
  return {
    status: result.status,
    output: result.output as Ending['output'],
    error: result.error,
    cause: result.cause,
    released: result.released,
    warnings: result.warnings,
    rows: await storedRows(store, run),
    parquetCells: await parquetCells(store, run),
    nodesLeft,
    nodesLeftAfterDeadlines,
    gpuSeconds,
    transitions: executing.execution.transitions(),
  };
}

async function storedRows(store: ObjectStore, run: string): Promise<CellRow[]> {
  const rows: CellRow[] = [];
  for await (const { key } of store.list(`runs/${run}/rows/`)) {
    rows.push(JSON.parse(new TextDecoder().decode((await store.get(key))!.body)));
  }
  return rows;
}

async function parquetCells(store: ObjectStore, run: string): Promise<string[]> {
  const cells: string[] = [];
  for await (const { key } of store.list('results/cells/')) {
    if (!key.includes(`/${run}.`)) continue;
    const { body } = (await store.get(key))!;
    const rows = await parquetReadObjects({ file: body.slice().buffer as ArrayBuffer });
    cells.push(...rows.map((row) => `${row.cell_id}`));
  }
  return cells.toSorted();
}

export function cellsOf(matrix: unknown): string[] {
  const read = readMatrix(matrix);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.matrix.deployments.flatMap(({ cells }) => cells.map((cell) => cell.id)).toSorted();
}
