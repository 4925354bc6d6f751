import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectStore } from '#core/ports/object-store.ts';

const text = (body: Uint8Array | undefined) => (body === undefined ? undefined : Buffer.from(body).toString());

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const keysIn = async (store: ObjectStore, prefix: string) =>
  (await collect(store.list(prefix))).map((object) => object.key);

const preconditionFailed = expect.objectContaining({ name: 'PreconditionFailed' });

/** Every ObjectStore passes this. `open` gives an empty one. */
export function objectStoreContract(
  implementation: string,
  open: () => Promise<{ store: ObjectStore; close: () => Promise<void> }>,
): void {
  describe(`an object store: ${implementation}`, () => {
    let store: ObjectStore;
    let close: () => Promise<void>;
    beforeEach(async () => {
      ({ store, close } = await open());
    });
    afterEach(() => close());

    it('gives back what was put, bytes and text', async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      await store.put('a/bytes', bytes);
      await store.put('a/text', 'größer als früher');
      expect([...(await store.get('a/bytes'))!.body]).toEqual([...bytes]);
      expect(text((await store.get('a/text'))?.body)).toBe('größer als früher');
    });

    it('has nothing where nothing was put', async () => {
      await store.put('a/b', 'x');
      expect(await store.get('a')).toBeUndefined();
      expect(await store.get('a/b/c')).toBeUndefined();
      expect(await store.stream('a')).toBeUndefined();
      expect(await store.stream('z')).toBeUndefined();
      expect(await collect(store.list('z/'))).toEqual([]);
      expect(await collect(store.folders('z/'))).toEqual([]);
    });

    it('keeps empty objects', async () => {
      await store.put('empty', '');
      expect((await store.get('empty'))?.body.byteLength).toBe(0);
      expect(await keysIn(store, '')).toEqual(['empty']);
      expect(Buffer.concat(await collect((await store.stream('empty'))!))).toHaveLength(0);
    });

    it('gives the same etag from put, get and list, and another one for other bytes', async () => {
      const { etag } = await store.put('a', 'one');
      expect((await store.get('a'))?.etag).toBe(etag);
      expect(await collect(store.list('a'))).toEqual([{ key: 'a', size: 3, etag }]);
      expect((await store.put('a', 'two')).etag).not.toBe(etag);
      expect(text((await store.get('a'))?.body)).toBe('two');
    });

    it('is not changed by what its caller does to the bytes afterwards', async () => {
      const bytes = Buffer.from('before');
      await store.put('a', bytes);
      bytes.fill('x');
      (await store.get('a'))!.body.fill(0);
      expect(text((await store.get('a'))?.body)).toBe('before');
    });

    it('streams an object of several megabytes', async () => {
      const bytes = Buffer.alloc(3_000_000, 'stepbench');
      await store.put('big', bytes);
      const chunks = await collect((await store.stream('big'))!);
      expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
    });

    it('puts only where nothing is, when asked to', async () => {
      await store.put('lease', 'first', { ifAbsent: true });
      await expect(store.put('lease', 'second', { ifAbsent: true })).rejects.toEqual(preconditionFailed);
      expect(text((await store.get('lease'))?.body)).toBe('first');
      await store.delete('lease');
      await store.put('lease', 'third', { ifAbsent: true });
      expect(text((await store.get('lease'))?.body)).toBe('third');
    });

    it('puts only over what was read, when asked to', async () => {
      const first = await store.put('lease', 'first');
      const second = await store.put('lease', 'second', { ifEtag: first.etag });
      await expect(store.put('lease', 'lost', { ifEtag: first.etag })).rejects.toEqual(preconditionFailed);
      await store.put('lease', 'third', { ifEtag: second.etag });
      await store.delete('lease');
      await expect(store.put('lease', 'gone', { ifEtag: second.etag })).rejects.toEqual(preconditionFailed);
      expect(await store.get('lease')).toBeUndefined();
    });

    it('lets one of many win who put where nothing is at the same time', async () => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, index) => store.put('lease', `owner ${index}`, { ifAbsent: true })),
      );
      const winners = outcomes.flatMap((outcome, index) => (outcome.status === 'fulfilled' ? [index] : []));
      expect(winners).toHaveLength(1);
      expect(text((await store.get('lease'))?.body)).toBe(`owner ${winners[0]}`);
    });

    it('loses no increment of a counter that many raise by compare and swap', async () => {
      await store.put('counter', '0');
      const raise = async (): Promise<void> => {
        const { body, etag } = (await store.get('counter'))!;
        try {
          await store.put('counter', String(Number(text(body)) + 1), { ifEtag: etag });
        } catch (error) {
          expect(error).toEqual(preconditionFailed);
          await raise();
        }
      };
      await Promise.all(Array.from({ length: 8 }, raise));
      expect(text((await store.get('counter'))?.body)).toBe('8');
    });

    it('deletes, and deleting nothing is no error', async () => {
      await store.put('a/b', 'x');
      await store.delete('a/b');
      await store.delete('a/b');
      await store.delete('a');
      expect(await store.get('a/b')).toBeUndefined();
      expect(await keysIn(store, '')).toEqual([]);
    });

    it('lists by prefix in the order of keys, wherever the prefix ends', async () => {
      for (const key of ['a/2', 'a-b', 'a/10', 'a.json', 'b/c/d', 'ab']) await store.put(key, key);
      expect(await keysIn(store, '')).toEqual(['a-b', 'a.json', 'a/10', 'a/2', 'ab', 'b/c/d']);
      expect(await keysIn(store, 'a')).toEqual(['a-b', 'a.json', 'a/10', 'a/2', 'ab']);
      expect(await keysIn(store, 'a/')).toEqual(['a/10', 'a/2']);
      expect(await keysIn(store, 'a/1')).toEqual(['a/10']);
      expect(await keysIn(store, 'b/c')).toEqual(['b/c/d']);
      expect(await keysIn(store, 'b/c/d')).toEqual(['b/c/d']);
    });

    it('sorts keys by the bytes of their UTF-8, in which U+FFEE comes before U+10348', async () => {
      for (const key of ['\u{10348}', '\u{ffee}', 'é', 'z']) await store.put(key, key);
      expect(await keysIn(store, '')).toEqual(['z', 'é', '\u{ffee}', '\u{10348}']);
    });

    it('names the folders right below a prefix that hold something', async () => {
      for (const key of ['runs/a/plan.json', 'runs/a/rows/1', 'runs/b-c/x', 'runs/b/x', 'runs/file', 'z/y']) {
        await store.put(key, key);
      }
      expect(await collect(store.folders('runs/'))).toEqual(['a', 'b-c', 'b']);
      expect(await collect(store.folders(''))).toEqual(['runs', 'z']);
      await store.delete('runs/a/plan.json');
      await store.delete('runs/b/x');
      expect(await collect(store.folders('runs/'))).toEqual(['a', 'b-c']);
    });

    it('agrees with a sorted map over any puts and deletes', async () => {
      // Two levels of names that no operation uses at both.
      const key = fc
        .tuple(fc.constantFrom('p', 'q-r', 'q', 'q.s', 'ü', '𐍈', '�'), fc.constantFrom('1', '10', '2', 'x y', 'é'))
        .map(([folder, name]) => `${folder}/${name}`);
      const step = fc.record({ key, body: fc.option(fc.string()) });
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { maxLength: 12 }),
          fc.constantFrom('', 'q', 'q/', 'p/1'),
          async (steps, prefix) => {
            for (const { key: used } of await collect(store.list(''))) await store.delete(used);
            const model = new Map<string, string>();
            for (const { key, body } of steps) {
              if (body === null) {
                await store.delete(key);
                model.delete(key);
              } else {
                await store.put(key, body);
                model.set(key, Buffer.from(body).toString());
              }
            }
            const expected = [...model.keys()]
              .filter((key) => key.startsWith(prefix))
              .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
            expect(await keysIn(store, prefix)).toEqual(expected);
            for (const [key, body] of model) expect(text((await store.get(key))?.body)).toBe(body);
          },
        ),
        { numRuns: 15 },
      );
    });
  });
}
