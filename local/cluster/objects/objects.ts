import { isoTime } from '#core/ports/clock.ts';
import type { KubernetesObject, ObjectMeta } from '#core/ports/cluster.ts';
import type { TimerClock } from '#local/clock/timer-clock.ts';
import { copy, freeze, same } from './frozen.ts';
import { LabelIndex } from './label-index.ts';
import type { Kinds, Pod, Stored } from './shapes.ts';
import { WorkQueue } from './work-queue.ts';

export type ChangeType = 'added' | 'modified' | 'deleted';
export type Watcher = (object: Stored, change: ChangeType) => void;
type ObjectOf<K extends string> = K extends keyof Kinds ? Kinds[K] : Stored;

export const keyOf = ({ namespace = '', name }: { namespace?: string | undefined; name: string }): string =>
  `${namespace}/${name}`;

export const isOver = (pod: Pod): boolean => pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';

/** What keeps an object that is to be deleted: its finalizers, and a pod's running containers. */
const isHeld = (object: Stored): boolean =>
  (object.metadata.finalizers?.length ?? 0) > 0 ||
  (object.kind === 'Pod' && (object as Pod).spec.nodeName !== undefined && !isOver(object as Pod));

/** The objects of one cluster with their versions, watches and deletion: what controllers and kubelets share. */
export class Objects {
  readonly queue = new WorkQueue();
  readonly #clock: TimerClock;
  readonly #kinds = new Map<string, Map<string, Stored>>();
  readonly #labels = new Map<string, LabelIndex>();
  readonly #dependents = new Map<string, Map<string, Stored>>();
  readonly #watchers = new Map<string, Watcher[]>();
  #version = 0;

  constructor(clock: TimerClock) {
    this.#clock = clock;
  }

  find<K extends string>(kind: K, key: string): ObjectOf<K> | undefined {
    return this.#kinds.get(kind)?.get(key) as ObjectOf<K> | undefined;
  }

  all<K extends string>(kind: K): ObjectOf<K>[] {
    return [...(this.#kinds.get(kind)?.values() ?? [])] as ObjectOf<K>[];
  }

  count(kind: string): number {
    return this.#kinds.get(kind)?.size ?? 0;
  }

  /** Those that have all of these labels; all, when none is asked for. */
  select<K extends string>(kind: K, labels: Readonly<Record<string, string>>): ObjectOf<K>[] {
    if (Object.keys(labels).length === 0) return this.all(kind);
    return (this.#labels.get(kind)?.select(labels) ?? []) as ObjectOf<K>[];
  }

  /** Objects that name this uid as an owner. */
  dependents(uid: string): Stored[] {
    return [...(this.#dependents.get(uid)?.values() ?? [])];
  }

  watch(kind: string, watcher: Watcher): void {
    this.#watchers.set(kind, [...(this.#watchers.get(kind) ?? []), watcher]);
  }

  create<T extends KubernetesObject>(object: T): T {
    const now = isoTime(this.#clock);
    const serial = ++this.#version;
    const metadata: ObjectMeta = {
      ...object.metadata,
      uid: `00000000-0000-4000-8000-${serial.toString(16).padStart(12, '0')}`,
      resourceVersion: String(serial),
      generation: 1,
      creationTimestamp: now,
    };
    const stored = freeze(copy({ ...object, metadata }));
    const key = keyOf(stored.metadata);
    if (this.find(stored.kind, key) !== undefined) throw new Error(`${stored.kind} ${key} exists already`);
    this.#put(key, stored);
    this.#tell(stored, 'added');
    this.queue.drain();
    return stored;
  }

  /** Changes the object in place; nothing happens when the change changes nothing, or there is no such object. */
  change<K extends string>(kind: K, key: string, edit: (draft: ObjectOf<K>) => void): ObjectOf<K> | undefined {
    const before = this.find(kind, key) as Stored | undefined;
    if (before === undefined) return undefined;
    const draft = copy(before);
    edit(draft as ObjectOf<K>);
    const edited = copy(draft);
    if (same(edited, before)) return before as ObjectOf<K>;
    edited.metadata.resourceVersion = String(++this.#version);
    if (!same((edited as { spec?: unknown }).spec, (before as { spec?: unknown }).spec)) {
      edited.metadata.generation = (before.metadata.generation ?? 0) + 1;
    }
    const after = freeze(edited);
    this.#put(key, after);
    this.#tell(after, 'modified');
    if (after.metadata.deletionTimestamp !== undefined && !isHeld(after)) this.remove(kind, key);
    this.queue.drain();
    return after as ObjectOf<K>;
  }

  /**
   * Asks for deletion: at once, or marked until nothing holds it any more.
   * @param graceSeconds of a pod; its own when left out. A later, shorter grace shortens the first.
   */
  requestDeletion(kind: string, key: string, graceSeconds?: number): boolean {
    const object = this.find(kind, key) as Stored | undefined;
    if (object === undefined) return false;
    if (!isHeld(object)) {
      this.remove(kind, key);
      return true;
    }
    this.change<string>(kind, key, (draft) => {
      draft.metadata.deletionTimestamp ??= isoTime(this.#clock);
      if (kind !== 'Pod') return;
      const own = (draft as Pod).spec.terminationGracePeriodSeconds ?? 30;
      const earlier = draft.metadata.deletionGracePeriodSeconds ?? Number.POSITIVE_INFINITY;
      draft.metadata.deletionGracePeriodSeconds = Math.min(graceSeconds ?? own, earlier);
    });
    return true;
  }

  /** Takes the object away, held or not. */
  remove(kind: string, key: string): void {
    const object = this.find(kind, key) as Stored | undefined;
    if (object === undefined) return;
    this.#kinds.get(kind)?.delete(key);
    this.#labels.get(kind)?.remove(key, object);
    for (const { uid } of object.metadata.ownerReferences ?? []) this.#dependents.get(uid)?.delete(`${kind} ${key}`);
    this.#tell(object, 'deleted');
    this.queue.drain();
  }

  #put(key: string, object: Stored): void {
    const { kind } = object;
    const before = this.#kinds.get(kind)?.get(key);
    const labels = this.#labels.get(kind) ?? new LabelIndex();
    this.#labels.set(kind, labels);
    labels.put(key, object, before);
    inner(this.#kinds, kind).set(key, object);
    for (const { uid } of object.metadata.ownerReferences ?? []) {
      inner(this.#dependents, uid).set(`${kind} ${key}`, object);
    }
  }

  #tell(object: Stored, change: ChangeType): void {
    for (const watcher of this.#watchers.get(object.kind) ?? []) watcher(object, change);
  }
}

function inner<V>(maps: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const found = maps.get(key);
  if (found !== undefined) return found;
  const made = new Map<string, V>();
  maps.set(key, made);
  return made;
}
