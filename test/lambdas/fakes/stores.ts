import type { Scheduler } from 'fast-check';
import type { ObjectStore } from '#core/ports/object-store.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';

type Operation = 'get' | 'put' | 'list';

/** Around a store: `before` sees each operation and may wait, count or throw. Listings are seen once. */
export const watched = (
  store: ObjectStore,
  before: (operation: Operation, key: string) => void | Promise<void>,
): ObjectStore => ({
  ...store,
  get: async (key) => {
    await before('get', key);
    return store.get(key);
  },
  put: async (key, body, condition) => {
    await before('put', key);
    return store.put(key, body, condition);
  },
  list: async function* (prefix) {
    await before('list', prefix);
    yield* store.list(prefix);
  },
});

/** One in which the operations of several callers come in any order that the scheduler thinks of. */
export function interleaved(store: ObjectStore, scheduler: Scheduler): ObjectStore {
  const turn = (what: string): Promise<void> => scheduler.schedule(Promise.resolve(), what);
  return {
    ...watched(store, (operation, key) => turn(`${operation} ${key}`)),
    delete: async (key) => {
      await turn(`delete ${key}`);
      await store.delete(key);
    },
  };
}

/** One that breaks at the n-th put, once. */
export function breaksOnce(store: ObjectStore, nth: number): ObjectStore {
  let puts = 0;
  return watched(store, (operation) => {
    if (operation !== 'put') return;
    puts += 1;
    if (puts === nth) throw new Error('the store broke');
  });
}

/** For `watched`: nothing more can be written, all that is there can be read. */
export function fullDisk(operation: Operation): void {
  if (operation === 'put')
    throw new StepBenchError(ErrorName.StoreFull, 'The disk is full.', { nextStep: 'Free some space.' });
}

export async function keysOf(store: ObjectStore, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

export const json = async (store: ObjectStore, key: string) =>
  JSON.parse(new TextDecoder().decode((await store.get(key))!.body));
