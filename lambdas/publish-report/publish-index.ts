import { RUN_ID } from '#core/cluster/names.ts';
import { type Clock, isoTime } from '#core/ports/clock.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import { keyOf } from '#core/results/layout.ts';
import { ErrorName, isError } from '#core/workflow/errors.ts';
import { renderIndex } from '#report/index-page.ts';
import type { ReportSummary } from '#report/summary.ts';
import { atOnce } from '../store/at-once.ts';
import { readJson } from '../store/json.ts';

/** Each attempt that fails is another run's index that stands: so many at once are not to be expected. */
const MOST_ATTEMPTS = 20;

/**
 * Writes the index over all runs anew. Runs that end at once do not lose each other: the index is read before the
 * summaries are, and put only in the place of the one that was read, so that whoever is second lists again. A run's
 * own summary stands before this is called.
 */
export async function publishIndex({ store, clock }: { store: ObjectStore; clock: Clock }): Promise<void> {
  const key = keyOf({ kind: 'index' });
  for (let attempt = 1; ; attempt += 1) {
    const before = await store.get(key);
    const page = renderIndex(await readSummaries(store), isoTime(clock));
    try {
      await store.put(key, page, before === undefined ? { ifAbsent: true } : { ifEtag: before.etag });
      return;
    } catch (error) {
      if (!isError(error, ErrorName.PreconditionFailed) || attempt === MOST_ATTEMPTS) throw error;
    }
  }
}

async function readSummaries(store: ObjectStore): Promise<ReportSummary[]> {
  const runs: string[] = [];
  for await (const run of store.folders('runs/')) if (RUN_ID.test(run)) runs.push(run);
  const found = await atOnce(runs, (run) => readSummary(store, run));
  return found.filter((one) => one !== undefined);
}

/** A run whose summary cannot be read has its report, and no line in the index: the others do not wait for it. */
async function readSummary(store: ObjectStore, run: string): Promise<ReportSummary | undefined> {
  try {
    const summary = (await readJson(store, keyOf({ kind: 'summary', run })))?.value as ReportSummary | undefined;
    return summary?.schema_version === 1 ? summary : undefined;
  } catch (error) {
    if (isError(error, ErrorName.StoreBroken)) return undefined;
    throw error;
  }
}
