import type { ObjectStore } from '#core/ports/object-store.ts';
import { ErrorName, isError } from '#core/workflow/errors.ts';

/**
 * Writes what is made of other objects. Of two callers at once the one that read earlier loses, whichever writes
 * last, and reads again: a file never goes back to what it was made of before.
 *
 * @param make reads, and undefined when there is nothing to write.
 */
export async function putNewer<T extends { body: Uint8Array }>(
  store: ObjectStore,
  key: string,
  make: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (;;) {
    // Before its sources are read: what somebody else has made since then may be of newer ones.
    const etag = await etagOf(store, key);
    const made = await make();
    if (made === undefined) return undefined;
    try {
      await store.put(key, made.body, etag === undefined ? { ifAbsent: true } : { ifEtag: etag });
      return made;
    } catch (error) {
      if (!isError(error, ErrorName.PreconditionFailed)) throw error;
    }
  }
}

/** From a listing: the file itself may be large. */
async function etagOf(store: ObjectStore, key: string): Promise<string | undefined> {
  for await (const info of store.list(key)) if (info.key === key) return info.etag;
  return undefined;
}
