import type { ObjectStore } from '#core/ports/object-store.ts';
import type { DeploymentRow } from '#core/results/deployment-columns.ts';
import { readDeploymentRow } from '#core/results/deployment-row.ts';
import { keyOf, parseKey, recordsPrefix } from '#core/results/layout.ts';
import { ErrorName, isError } from '#core/workflow/errors.ts';
import { atOnce } from './at-once.ts';
import { readJson, writeJson } from './json.ts';

type RecordId = { run: string; deployment: string; attempt: number };

export interface StoredRecord {
  row: DeploymentRow;
  etag: string;
}

const recordKey = ({ run, deployment, attempt }: RecordId): string =>
  keyOf({ kind: 'deployment-record', run, deployment, attempt });

const idOf = (row: DeploymentRow): RecordId => ({
  run: row.run_id,
  deployment: row.deployment_id,
  attempt: row.attempt,
});

export async function findRecord(store: ObjectStore, id: RecordId): Promise<StoredRecord | undefined> {
  const key = recordKey(id);
  const stored = await readJson(store, key);
  return stored && { row: readDeploymentRow(stored.value, store.locate(key)), etag: stored.etag };
}

/**
 * Writes a row in the place of the one that was read; none, where none was. When somebody was faster, theirs
 * stays: they saw the same node, and earlier, with more of it still to be seen.
 * @returns the row that stands.
 */
export async function writeRecord(
  store: ObjectStore,
  row: DeploymentRow,
  before: StoredRecord | undefined,
): Promise<DeploymentRow> {
  const id = idOf(row);
  try {
    await writeJson(store, recordKey(id), row, before === undefined ? { ifAbsent: true } : { ifEtag: before.etag });
    return row;
  } catch (error) {
    if (!isError(error, ErrorName.PreconditionFailed)) throw error;
    const theirs = await findRecord(store, id);
    if (theirs === undefined) throw error;
    return theirs.row;
  }
}

/** Adds to a node's record what is known once it is gone; one that says so already stays as it is. */
export async function completeRecord(
  store: ObjectStore,
  id: RecordId,
  complete: (row: DeploymentRow) => DeploymentRow,
): Promise<void> {
  for (;;) {
    const stored = await findRecord(store, id);
    if (stored === undefined || stored.row.released_at !== null) return;
    // Written anew meanwhile, by a call that saw the node later: completed on top of that.
    if ((await writeRecord(store, complete(stored.row), stored)).released_at !== null) return;
  }
}

/** What every node of a run did, or of one of its deployments, of all its executions. */
export async function readRecords(store: ObjectStore, run: string, deployment?: string): Promise<DeploymentRow[]> {
  const ids = await recordIds(store, run, deployment);
  const records = await atOnce(ids, (id) => findRecord(store, id));
  return records.flatMap((one) => (one === undefined ? [] : [one.row]));
}

/** Of the deployments that have a record. */
export async function recordedDeployments(store: ObjectStore, run: string): Promise<string[]> {
  return [...new Set((await recordIds(store, run)).map((id) => id.deployment))];
}

async function recordIds(store: ObjectStore, run: string, deployment?: string): Promise<RecordId[]> {
  const ids: RecordId[] = [];
  for await (const { key } of store.list(`${recordsPrefix(run)}${deployment === undefined ? '' : `${deployment}/`}`)) {
    const parsed = parseKey(key);
    if (parsed?.kind === 'deployment-record') ids.push(parsed);
  }
  return ids;
}
