import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SqlRow } from '#core/ports/sql.ts';
import { readAnswers } from '#lambdas/store/answer.ts';
import { RealClock } from '#local/clock/real-clock.ts';
import { type ImportOptions, importPredecessor } from '#local/predecessor/import.ts';
import { openDuckDbSql } from '#local/sql/duckdb-sql.ts';
import { openFolderStore } from '#local/store/folder-store.ts';

/** Rows of an answer, by question. */
export type PredecessorAnswers = ReadonlyMap<string, readonly SqlRow[]>;

/** What the questions answer about the predecessor's cells: as it took them, at today's prices, and judged by our rules. */
export async function predecessorAnswers(): Promise<Record<'own' | 'today' | 'judged', PredecessorAnswers>> {
  const folder = await mkdtemp(join(tmpdir(), 'stepbench-predecessor-'));
  try {
    const store = await openFolderStore(folder);
    const sql = await openDuckDbSql(store.root);
    const answersOf = async (options: ImportOptions): Promise<PredecessorAnswers> => {
      const run = await importPredecessor({ store, sql, clock: new RealClock() }, options);
      return new Map((await readAnswers(store, run)).map(({ name, rows }) => [name, rows]));
    };
    const own = await answersOf({ prices: 'own', judged: false });
    const today = await answersOf({ prices: 'today', judged: false });
    const judged = await answersOf({ prices: 'own', judged: true });
    sql.close();
    return { own, today, judged };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
