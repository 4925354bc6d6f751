import type { ArtifactFiles } from '#core/generators/artifacts.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';

/** The artifacts of one attempt, read from the store under their prefix. */
export function storedArtifacts(store: ObjectStore, prefix: string): ArtifactFiles {
  return {
    list: async () => {
      const names: string[] = [];
      for await (const { key } of store.list(prefix)) names.push(key.slice(prefix.length));
      return names;
    },
    read: async (name) => (await store.get(prefix + name))?.body,
    stream: (name) => store.stream(prefix + name),
  };
}
