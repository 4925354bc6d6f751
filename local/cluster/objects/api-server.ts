import type {
  AnyObject,
  Cluster,
  ClusterEvent,
  EventQuery,
  KubernetesObject,
  ListQuery,
  LogQuery,
  ObjectRef,
} from '#core/ports/cluster.ts';
import { ConflictError, ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import type { EventLog } from './event-log.ts';
import { copy, same } from './frozen.ts';
import { fieldAt, IMMUTABLE } from './kinds.ts';
import { mergeApplied } from './merge.ts';
import { keyOf, type Objects } from './objects.ts';
import type { Stored } from './shapes.ts';
import { problemWith } from './validate.ts';

/** The Cluster port over the objects of one local cluster. */
export class ApiServer implements Cluster {
  readonly #objects: Objects;
  readonly #events: EventLog;
  readonly #tail: (query: LogQuery) => Promise<string>;
  /** By uid: what was applied last, so that what is no longer named can be taken away. */
  readonly #applied = new Map<string, KubernetesObject>();

  constructor(objects: Objects, events: EventLog, tail: (query: LogQuery) => Promise<string>) {
    this.#objects = objects;
    this.#events = events;
    this.#tail = tail;
  }

  async apply<T extends KubernetesObject>(object: T): Promise<T> {
    const wanted = withoutServerFields(object);
    const problem = problemWith(wanted);
    if (problem !== undefined) {
      throw Object.assign(new Error(`${object.kind} "${object.metadata.name}" is invalid: ${problem}`), {
        name: 'InvalidObject',
      });
    }
    const { namespace } = wanted.metadata;
    if (namespace !== undefined && this.#objects.find('Namespace', `/${namespace}`) === undefined) {
      throw new StepBenchError(ErrorName.Retryable, `namespaces "${namespace}" not found`);
    }
    const key = keyOf(wanted.metadata);
    const live = this.#objects.find<string>(object.kind, key);
    if (live === undefined) {
      const created = this.#objects.create(wanted);
      this.#applied.set(created.metadata.uid!, wanted);
      return copy(created) as T;
    }
    return copy(this.#converge(live, object, wanted)) as unknown as T;
  }

  #converge(live: Stored, object: KubernetesObject, wanted: KubernetesObject): Stored {
    const what = `${live.kind} "${live.metadata.name}"`;
    if (live.metadata.deletionTimestamp !== undefined) throw new ConflictError(`${what} is being deleted`);
    const { uid, resourceVersion } = object.metadata;
    if (uid !== undefined && uid !== live.metadata.uid) throw new ConflictError(`${what} is another object by now`);
    if (resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion) {
      throw new ConflictError(`${what} has been modified: resourceVersion is ${live.metadata.resourceVersion}`);
    }
    const merged = mergeApplied(live, this.#applied.get(live.metadata.uid!), wanted) as Stored;
    for (const path of IMMUTABLE[live.kind] ?? []) {
      if (!same(fieldAt(merged, path), fieldAt(live, path))) {
        throw new ConflictError(`${what} is invalid: ${path.join('.')}: field is immutable`);
      }
    }
    this.#applied.set(live.metadata.uid!, wanted);
    const replace = (draft: Stored) => {
      for (const field of Object.keys(draft)) if (!(field in merged)) Reflect.deleteProperty(draft, field);
      Object.assign(draft, merged);
    };
    return this.#objects.change<string>(live.kind, keyOf(live.metadata), replace) ?? live;
  }

  async get({ kind, ...ref }: ObjectRef): Promise<AnyObject | undefined> {
    return copy(this.#objects.find<string>(kind, keyOf(ref)));
  }

  async list({ kind, namespace, labels = {} }: ListQuery): Promise<AnyObject[]> {
    return this.#objects
      .select<string>(kind, labels)
      .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
      .map(copy);
  }

  async delete({ kind, ...ref }: ObjectRef): Promise<boolean> {
    const uid = this.#objects.find<string>(kind, keyOf(ref))?.metadata.uid;
    if (uid !== undefined) this.#applied.delete(uid);
    return this.#objects.requestDeletion(kind, keyOf(ref));
  }

  async events(query: EventQuery): Promise<ClusterEvent[]> {
    return this.#events.query(query);
  }

  logs(query: LogQuery): Promise<string> {
    return this.#tail(query);
  }
}

/** What only the server may write. Whoever applies what was read before sends it along. */
function withoutServerFields<T extends KubernetesObject>(object: T): T {
  const { status: _, ...wanted } = copy(object) as T & { status?: unknown };
  const { uid, resourceVersion, generation, creationTimestamp, deletionTimestamp, ...metadata } = wanted.metadata;
  return { ...wanted, metadata } as unknown as T;
}
