import { hash } from 'node:crypto';
import { isoTime } from '#core/ports/clock.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import type { Ports } from '#core/ports/ports.ts';
import { keyOf, parseKey, resultsPrefix, rowsPrefix } from '#core/results/layout.ts';
import { toParquet } from '#core/results/parquet.ts';
import { cellCounts } from '#core/results/status.ts';
import type { CellCounts } from '#core/workflow/payload.ts';
import type { TaskHandler } from '#core/workflow/task-signatures.ts';
import { atOnce } from '../store/at-once.ts';
import { readJson, writeJson } from '../store/json.ts';
import { holdsRun } from '../store/lease.ts';
import { findPlan, type StoredPlan } from '../store/plan.ts';
import { publishRecords } from '../store/publish-records.ts';
import { putNewer } from '../store/put-newer.ts';
import { readStoredRowsOf } from '../store/rows.ts';
import { recordUnreached } from './unreached.ts';

type FinalizePorts = Pick<Ports, 'store' | 'clock'>;

/** The function has 300 s; what is left after this is for the next call. */
const WORK_MS = 200_000;

const NO_CELLS: CellCounts = { total: 0, valid: 0, invalid: 0, failed: 0 };

/**
 * Rows to Parquet, a file a deployment. It can be asked again at any time: rows that have not changed are not
 * read again, and what does not fit into one call is `pending`.
 */
export const finalizeRun =
  (ports: FinalizePorts): TaskHandler<'FinalizeRun'> =>
  async ({ run, execution, failure }) => {
    const { store, clock } = ports;
    const plan = await findPlan(store, run);
    // The run ended before it was planned: there is nothing that could have been measured.
    if (plan === undefined) return { status: 'done', runStatus: 'FAILED', cells: NO_CELLS };
    const startedMs = clock.nowMs();
    const outOfTime = () => clock.nowMs() - startedMs > WORK_MS;
    let rows = await storedRows(store, run);
    // A guard that comes late must not fail the cells of the execution that has resumed the run.
    const allReached =
      !(await holdsRun(store, run, execution)) ||
      (await recordUnreached(ports, plan, failure, (cell) => rows.has(cell), outOfTime));
    rows = await storedRows(store, run);
    const { left, counts } = await finalizedBefore(store, plan, rows);
    while (left.length > 0 && !outOfTime()) {
      const [deployment, ids] = left.shift() as [string, string[]];
      counts.push(await finalizeDeployment(ports, plan, deployment, ids));
    }
    await publishRecords(store, run, plan.day);
    const cells = sumOf(counts);
    const runStatus = cells.valid === 0 ? 'FAILED' : cells.valid === cells.total ? 'SUCCEEDED' : 'PARTIAL';
    return { status: allReached && left.length === 0 ? 'done' : 'pending', runStatus, cells };
  };

/** By cell. */
type RowEtags = ReadonlyMap<string, string>;

/** One listing tells what has changed. */
async function storedRows(store: ObjectStore, run: string): Promise<RowEtags> {
  const found = new Map<string, string>();
  for await (const { key, etag } of store.list(rowsPrefix(run))) {
    const parsed = parseKey(key);
    if (parsed?.kind === 'row') found.set(parsed.cell, etag);
  }
  return found;
}

interface Finalized {
  schema_version: 1;
  /** Of the rows that the Parquet file holds. */
  fingerprint: string;
  cells: CellCounts;
  finalizedAt: string;
}

const fingerprintOf = (ids: readonly string[], rows: RowEtags): string =>
  hash('sha256', JSON.stringify(ids.map((id) => [id, rows.get(id) ?? null])));

const resultsKey = ({ day, run }: StoredPlan, deployment: string): string =>
  keyOf({ kind: 'results', table: 'cells', day, run, deployment });

/** What earlier calls have done, and the deployments that are left: their rows have changed, or their file is gone. */
async function finalizedBefore(store: ObjectStore, plan: StoredPlan, rows: RowEtags) {
  const { run, day, cellsOf } = plan;
  const files = new Set<string>();
  for await (const { key } of store.list(resultsPrefix({ table: 'cells', day, run }))) files.add(key);
  const counts: CellCounts[] = [];
  const left: [string, string[]][] = [];
  await atOnce(Object.entries(cellsOf), async ([deployment, ids]) => {
    const before = (await readJson(store, keyOf({ kind: 'finalized', run, deployment })))?.value as
      | Finalized
      | undefined;
    const same = before?.fingerprint === fingerprintOf(ids, rows);
    if (same && files.has(resultsKey(plan, deployment))) counts.push(before.cells);
    else left.push([deployment, ids]);
  });
  return { counts, left };
}

async function finalizeDeployment(
  { store, clock }: FinalizePorts,
  plan: StoredPlan,
  deployment: string,
  ids: string[],
): Promise<CellCounts> {
  const made = await putNewer(store, resultsKey(plan, deployment), async () => {
    const stored = await readStoredRowsOf(store, plan.run, ids);
    if (stored.length === 0) return undefined;
    const rows = stored.map(({ row }) => row);
    const etags = new Map(stored.map(({ row, etag }) => [row.cell_id, etag]));
    return { body: toParquet('cells', rows), rows, etags };
  });
  if (made === undefined) return cellCounts([], ids);
  const cells = cellCounts(made.rows, ids);
  // Of the rows that were read: one that has changed since the listing must not pass for the one in the file.
  const fingerprint = fingerprintOf(ids, made.etags);
  const finalized: Finalized = { schema_version: 1, fingerprint, cells, finalizedAt: isoTime(clock) };
  await writeJson(store, keyOf({ kind: 'finalized', run: plan.run, deployment }), finalized);
  return cells;
}

function sumOf(counts: readonly CellCounts[]): CellCounts {
  const sum = { ...NO_CELLS };
  for (const one of counts) for (const key of ['total', 'valid', 'invalid', 'failed'] as const) sum[key] += one[key];
  return sum;
}
