import { hash } from 'node:crypto';
import { isoTime } from '#core/ports/clock.ts';
import type { ObjectInfo } from '#core/ports/object-store.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { keyOf, parseKey, rowsPrefix } from '#core/results/layout.ts';
import { toParquet } from '#core/results/parquet.ts';
import { cellCounts } from '#core/results/status.ts';
import type { CellCounts } from '#core/workflow/payload.ts';
import type { TaskHandler } from '#core/workflow/tasks.ts';
import { readJson, writeJson } from '../store/json.ts';
import { findPlan, type StoredPlan } from '../store/plan.ts';
import { publishRecords } from '../store/publish-records.ts';
import { readStoredRow } from '../store/rows.ts';
import { recordUnreached } from './unreached.ts';

type FinalizePorts = Pick<Ports, 'store' | 'clock'>;

/** The function has 300 s; what is left after this is for the next call. */
const WORK_MS = 200_000;

const NO_CELLS: CellCounts = { total: 0, valid: 0, invalid: 0, failed: 0 };

/**
 * Rows to Parquet, a file a deployment. It can be asked again at any time: a file whose rows have not
 * changed is left alone, and what does not fit into one call is `pending`.
 */
export const finalizeRun =
  (ports: FinalizePorts): TaskHandler<'FinalizeRun'> =>
  async ({ run, failure }) => {
    const { store, clock } = ports;
    const plan = await findPlan(store, run);
    // The run ended before it was planned: there is nothing that could have been measured.
    if (plan === undefined) return { status: 'done', runStatus: 'FAILED', cells: NO_CELLS };
    const startedMs = clock.nowMs();
    await recordUnreached(ports, plan, failure);
    const stored = await storedRows(ports, run);
    const cells = { ...NO_CELLS };
    let status: 'done' | 'pending' = 'done';
    for (const [deployment, ids] of Object.entries(plan.cellsOf)) {
      if (clock.nowMs() - startedMs > WORK_MS) {
        status = 'pending';
        break;
      }
      const counts = await finalizeDeployment(ports, plan, deployment, ids, stored);
      for (const key of ['total', 'valid', 'invalid', 'failed'] as const) cells[key] += counts[key];
    }
    await publishRecords(store, run, plan.day);
    const runStatus = cells.valid === 0 ? 'FAILED' : cells.valid === cells.total ? 'SUCCEEDED' : 'PARTIAL';
    return { status, runStatus, cells };
  };

/** Etags of the rows by cell: one listing tells what has changed. */
async function storedRows({ store }: FinalizePorts, run: string): Promise<Map<string, ObjectInfo>> {
  const found = new Map<string, ObjectInfo>();
  for await (const info of store.list(rowsPrefix(run))) {
    const key = parseKey(info.key);
    if (key?.kind === 'row') found.set(key.cell, info);
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

async function finalizeDeployment(
  { store, clock }: FinalizePorts,
  plan: StoredPlan,
  deployment: string,
  ids: string[],
  stored: Map<string, ObjectInfo>,
): Promise<CellCounts> {
  const { run, day } = plan;
  const fingerprint = hash('sha256', JSON.stringify(ids.map((id) => [id, stored.get(id)?.etag ?? null])));
  const marker = keyOf({ kind: 'finalized', run, deployment });
  const before = (await readJson(store, marker))?.value as Finalized | undefined;
  if (before?.fingerprint === fingerprint) return before.cells;

  const rows = await readRowsOf(store, run, ids);
  if (rows.length > 0) {
    await store.put(keyOf({ kind: 'results', table: 'cells', day, run, deployment }), toParquet('cells', rows));
  }
  const cells = cellCounts(rows, ids);
  const finalized: Finalized = { schema_version: 1, fingerprint, cells, finalizedAt: isoTime(clock) };
  await writeJson(store, marker, finalized);
  return cells;
}

/** Read this many at a time: a row is a few kilobytes and S3 answers in tens of milliseconds. */
const AT_ONCE = 32;

async function readRowsOf(store: Ports['store'], run: string, ids: string[]): Promise<CellRow[]> {
  const rows: CellRow[] = [];
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const batch = await Promise.all(ids.slice(start, start + AT_ONCE).map((id) => readStoredRow(store, run, id)));
    for (const one of batch) if (one !== undefined) rows.push(one.row);
  }
  return rows;
}
