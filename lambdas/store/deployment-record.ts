import type { ObjectStore } from '#core/ports/object-store.ts';
import type { DeploymentRow } from '#core/results/deployment-columns.ts';
import { readDeploymentRow } from '#core/results/deployment-row.ts';
import { keyOf, parseKey, recordsPrefix } from '#core/results/layout.ts';
import { readJson, writeJson } from './json.ts';

type RecordId = { run: string; deployment: string; attempt: number };

export async function readRecord(store: ObjectStore, id: RecordId): Promise<DeploymentRow | undefined> {
  const key = keyOf({ kind: 'deployment-record', ...id });
  const stored = await readJson(store, key);
  return stored && readDeploymentRow(stored.value, store.locate(key));
}

export const writeRecord = (store: ObjectStore, row: DeploymentRow) =>
  writeJson(
    store,
    keyOf({ kind: 'deployment-record', run: row.run_id, deployment: row.deployment_id, attempt: row.attempt }),
    row,
  );

/** What every node of a run did, of all its executions. */
export async function readRecords(store: ObjectStore, run: string): Promise<DeploymentRow[]> {
  const records: DeploymentRow[] = [];
  for await (const { key } of store.list(recordsPrefix(run))) {
    const parsed = parseKey(key);
    if (parsed?.kind !== 'deployment-record') continue;
    const record = await readRecord(store, parsed);
    if (record !== undefined) records.push(record);
  }
  return records;
}
