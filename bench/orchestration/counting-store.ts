import type { ObjectStore } from '#core/ports/object-store.ts';

/** Requests that S3 would have been sent. */
export interface Counted {
  puts: number;
  gets: number;
  lists: number;
}

export function countingStore(store: ObjectStore): { store: ObjectStore; counted: Counted } {
  const counted: Counted = { puts: 0, gets: 0, lists: 0 };
  const counting: ObjectStore = {
    bucket: store.bucket,
    locate: (key) => store.locate(key),
    get: (key) => {
      counted.gets += 1;
      return store.get(key);
    },
    stream: (key) => {
      counted.gets += 1;
      return store.stream(key);
    },
    put: (key, body, condition) => {
      counted.puts += 1;
      return store.put(key, body, condition);
    },
    list: (prefix) => {
      counted.lists += 1;
      return store.list(prefix);
    },
    folders: (prefix) => {
      counted.lists += 1;
      return store.folders(prefix);
    },
    delete: (key) => store.delete(key),
  };
  return { store: counting, counted };
}
