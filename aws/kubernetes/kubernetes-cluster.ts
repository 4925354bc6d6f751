import type { AnyObject, Cluster, EventQuery, KubernetesObject, ListQuery } from '#core/ports/cluster.ts';
import { ConflictError } from '#core/workflow/errors.ts';
import { asking } from './api-client.ts';
import { type ApiCall, ApiError, fromKubernetes, isObjectMissing, isPassing } from './api-errors.ts';
import { type ApiEvent, byTime, eventNamespace, eventSelector, toEvent } from './events.ts';
import { everyPage, plain } from './listing.ts';
import type { ClusterAccess, ObjectApi, PageRequest } from './object-api.ts';
import { PATIENCE, type Patience } from './patience.ts';

export type { ClusterAccess } from './object-api.ts';

export interface KubernetesClusterOptions {
  patience?: Patience;
  /** Objects on one page of a list. */
  pageSize?: number;
}

/** The Kubernetes API of one cluster, through Kubernetes' own client. Connects when it is first asked. */
export function kubernetesCluster(
  access: ClusterAccess,
  { patience = PATIENCE, pageSize = 500 }: KubernetesClusterOptions = {},
): Cluster {
  const ask = asking(access, patience);

  const call = async <T>(about: ApiCall, work: (api: ObjectApi) => Promise<T>): Promise<T> => {
    try {
      return await ask(work);
    } catch (error) {
      throw fromKubernetes(error, about);
    }
  };

  /** @returns undefined when there is no such object. */
  const callOf = async <T>(verb: ApiCall['verb'], kind: string, name: string, work: (api: ObjectApi) => Promise<T>) => {
    try {
      return await ask(work);
    } catch (error) {
      if (isObjectMissing(error, name)) return undefined;
      throw fromKubernetes(error, { verb, what: `${kind} ${name}` });
    }
  };

  const all = async (what: string, request: Omit<PageRequest, 'limit' | 'after'>): Promise<AnyObject[]> => {
    try {
      return await everyPage((after) => ask((api) => api.page({ ...request, limit: pageSize, after })));
    } catch (error) {
      throw fromKubernetes(error, { verb: 'list', what });
    }
  };

  return {
    async apply<T extends KubernetesObject>(object: T): Promise<T> {
      const what = `${object.kind} ${object.metadata.name}`;
      const applied = plain(await call({ verb: 'apply', what }, (api) => api.apply(plain(object))));
      // A patch of what is being deleted is taken, and does not keep it.
      if (applied.metadata.deletionTimestamp === undefined) return applied;
      throw new ConflictError(`${what} is still being deleted.`);
    },

    get: (ref) => callOf('get', ref.kind, ref.name, async (api) => plain(await api.find(ref))),

    async list({ apiVersion, kind, namespace, labels }: ListQuery): Promise<AnyObject[]> {
      const items = await all(kind, { apiVersion, kind, namespace, labelSelector: selector(labels) });
      return items.map((item) => plain({ ...item, apiVersion, kind }));
    },

    async delete(ref): Promise<boolean> {
      const deleted = await callOf('delete', ref.kind, ref.name, async (api) => {
        await api.remove(ref);
        return true;
      });
      return deleted === true;
    },

    async events(query: EventQuery) {
      const found = await all('events', {
        apiVersion: 'v1',
        kind: 'Event',
        namespace: eventNamespace(query),
        fieldSelector: eventSelector(query),
      });
      return (found as unknown as ApiEvent[])
        .map(toEvent)
        .filter(({ regarding }) => regarding.name.startsWith(query.namePrefix ?? ''))
        .sort(byTime);
    },

    async logs(query) {
      try {
        return await ask((api) => api.log(query));
      } catch (error) {
        if (isWithoutLog(error)) return '';
        throw fromKubernetes(error, { verb: 'get', what: `the log of Pod ${query.pod}` });
      }
    },
  };
}

/**
 * The pod is gone (404), its container has not begun (400), or its node does not answer: a log explains a failure, and
 * must not take its place.
 */
const isWithoutLog = (error: unknown): boolean =>
  isPassing(error) || (error instanceof ApiError && (error.code === 400 || error.code === 404));

const selector = (labels: Record<string, string> | undefined): string | undefined =>
  labels === undefined
    ? undefined
    : Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(',');
