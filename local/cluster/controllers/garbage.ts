import { keyOf, type Objects } from '../objects/objects.ts';

/** Background deletion: what an object owned is deleted once the object is gone. */
export function collectGarbage(objects: Objects, kinds: readonly string[]): void {
  for (const kind of kinds) {
    objects.watch(kind, ({ metadata }, change) => {
      if (change !== 'deleted' || metadata.uid === undefined) return;
      for (const dependent of objects.dependents(metadata.uid)) {
        const key = keyOf(dependent.metadata);
        objects.queue.add(`garbage ${dependent.kind} ${key}`, () => objects.requestDeletion(dependent.kind, key));
      }
    });
  }
}
