import { expect, test } from 'vitest';
import { readJson, writeJson } from '#lambdas/store/json.ts';
import { memoryStore } from '#local/store/memory-store.ts';

test('what was written reads back, with the etag that a conditional write asks for', async () => {
  const store = memoryStore();
  const { etag } = await writeJson(store, 'a.json', { größe: [1, null] }, { ifAbsent: true });
  expect(await readJson(store, 'a.json')).toEqual({ value: { größe: [1, null] }, etag });
  const failed = expect.objectContaining({ name: 'PreconditionFailed' });
  await expect(writeJson(store, 'a.json', 2, { ifAbsent: true })).rejects.toEqual(failed);
  await writeJson(store, 'a.json', 2, { ifEtag: etag });
  await expect(writeJson(store, 'a.json', 3, { ifEtag: etag })).rejects.toEqual(failed);
  expect((await readJson(store, 'a.json'))?.value).toBe(2);
});

test('what is not there is undefined, and what is not JSON is named, with what to do', async () => {
  const store = memoryStore();
  expect(await readJson(store, 'a.json')).toBeUndefined();
  await store.put('a.json', '');
  await expect(readJson(store, 'a.json')).rejects.toMatchObject({
    name: 'StoreBroken',
    message: expect.stringContaining('memory:a.json is not JSON'),
    nextStep: expect.any(String),
  });
});
