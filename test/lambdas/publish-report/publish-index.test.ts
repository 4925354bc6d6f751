import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ObjectStore } from '#core/ports/object-store.ts';
import { keyOf } from '#core/results/layout.ts';
import { publishIndex } from '#lambdas/publish-report/publish-index.ts';
import { writeJson } from '#lambdas/store/json.ts';
import { memoryStore } from '#local/store/memory-store.ts';
import { type ReportSummary, summaryOf } from '#report/summary.ts';
import { sampleRun } from '#test/report/sample-run.ts';

const clock = { nowMs: () => Date.parse('2026-02-01T00:00:00Z') };
const summaryFor = (run: string): ReportSummary => summaryOf(sampleRun({ run, types: 1, repeats: 1 }));

const listed = async (store: ObjectStore): Promise<string[]> => {
  const page = new TextDecoder().decode((await store.get('runs/index.html'))!.body);
  return [...page.matchAll(/<th scope="row"[^>]*><a href="([^"]+)\/report\.html"/g)].map(([, run]) => run!).sort();
};

it('runs that end at once do not lose each other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 4 }), async (scheduler, count) => {
      const store = memoryStore();
      const slow: ObjectStore = {
        ...store,
        get: (key) => scheduler.schedule(Promise.resolve(), `get ${key}`).then(() => store.get(key)),
        put: (key, body, condition) =>
          scheduler.schedule(Promise.resolve(), `put ${key}`).then(() => store.put(key, body, condition)),
      };
      const runs = Array.from({ length: count }, (_, index) => `run-${index}`);
      const all = Promise.all(
        runs.map(async (run) => {
          await writeJson(slow, keyOf({ kind: 'summary', run }), summaryFor(run));
          await publishIndex({ store: slow, clock });
        }),
      );
      await scheduler.waitFor(all);
      expect(await listed(store)).toEqual(runs);
    }),
    { numRuns: 40 },
  );
});

it('a summary that cannot be read, or is of another version, costs the others nothing', async () => {
  const store = memoryStore();
  await writeJson(store, 'runs/good/summary.json', summaryFor('good'));
  await store.put('runs/broken/summary.json', '{"schema_version": 1, ');
  await store.put('runs/newer/summary.json', '{"schema_version": 2}');
  await store.put('runs/unfinished/plan.json', '{}');
  await publishIndex({ store, clock });
  expect(await listed(store)).toEqual(['good']);
});
