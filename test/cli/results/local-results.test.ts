import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asCliError } from '#cli/known-errors.ts';
import { openLocalResults } from '#cli/results/local-results.ts';
import { keyOf } from '#core/results/layout.ts';
import { toParquet } from '#core/results/parquet.ts';
import { openFolderStore } from '#local/store/folder-store.ts';
import { measuredSample } from '#test/core/results/samples.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepbench-local-results-'));
});
afterAll(() => rm(folder, { recursive: true }));

const DAY = '2026-02-03';
const key = keyOf({ kind: 'results', table: 'cells', day: DAY, run: 'night', deployment: 'abcdefghijkl' });

it.each([
  ['cut off', (whole: Uint8Array) => whole.slice(0, whole.length / 2)],
  ['empty', () => new Uint8Array()],
  ['of something else', () => Buffer.from('no Parquet at all, but long enough to be one')],
])('a file of results that is %s is named, with what to do about it', async (_, change) => {
  const store = await openFolderStore(folder);
  await store.put(key, change(toParquet('cells', [measuredSample()])));
  const results = await openLocalResults(folder);
  const error = await results.ask('cells', ['night', DAY]).then(() => undefined, asCliError);
  results.close();
  expect(error?.code).toBe('store-broken');
  expect(error?.details).toMatchObject({
    where: store.locate(key),
    nextStep: expect.stringContaining('stepbench run --resume night'),
  });
});

it('a record that is no JSON is called broken, not of another version', async () => {
  const store = await openFolderStore(folder);
  await store.put('runs/night/plan.json', '{}');
  await writeFile(store.locate('runs/night/plan.json'), 'garbage');
  const results = await openLocalResults(folder);
  const error = await results.started('night').then(() => undefined, asCliError);
  results.close();
  expect(error).toMatchObject({ code: 'store-broken', message: expect.stringContaining('plan.json is not JSON') });
  expect(error?.details.nextStep).not.toBeUndefined();
});
