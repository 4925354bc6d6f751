import type { ObjectStore, StoredObject } from '#core/ports/object-store.ts';
import { PreconditionFailedError } from '#core/workflow/errors.ts';
import { SortedNames } from '../sorted-names.ts';
import { etagOf } from './etag.ts';
import { checkKey, checkPrefix, compareKeys } from './keys.ts';

/** A bucket that lasts as long as its process: for rehearsals in virtual time. */
export function memoryStore(): ObjectStore {
  const objects = new SortedNames<StoredObject>();
  const copyOf = (body: Uint8Array) => new Uint8Array(body);

  return {
    bucket: 'memory',
    locate: (key) => `memory:${key}`,

    get: async (key) => {
      checkKey(key);
      const found = objects.get(key);
      return found && { body: copyOf(found.body), etag: found.etag };
    },

    stream: async (key) => {
      checkKey(key);
      const found = objects.get(key);
      return found && one(copyOf(found.body));
    },

    put: async (key, body, { ifAbsent, ifEtag } = {}) => {
      checkKey(key);
      const found = objects.get(key);
      if (ifAbsent && found !== undefined) throw new PreconditionFailedError(`${key} is there already.`);
      if (ifEtag !== undefined && found?.etag !== ifEtag) {
        throw new PreconditionFailedError(`${key} has changed or gone since it was read.`);
      }
      const bytes = typeof body === 'string' ? Buffer.from(body) : copyOf(body);
      const stored = { body: bytes, etag: etagOf(bytes) };
      objects.set(key, stored);
      return { etag: stored.etag };
    },

    list: async function* (prefix) {
      checkPrefix(prefix);
      const keys = objects.startingWith(prefix).sort(compareKeys);
      for (const key of keys) {
        const found = objects.get(key);
        if (found !== undefined) yield { key, size: found.body.byteLength, etag: found.etag };
      }
    },

    folders: async function* (prefix) {
      checkPrefix(prefix);
      const below = objects.startingWith(prefix).map((key) => key.slice(prefix.length));
      const names = below.filter((rest) => rest.includes('/')).map((rest) => rest.slice(0, rest.indexOf('/')));
      yield* [...new Set(names)].sort((a, b) => compareKeys(`${a}/`, `${b}/`));
    },

    delete: async (key) => {
      checkKey(key);
      objects.delete(key);
    },
  };
}

async function* one(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  yield chunk;
}
