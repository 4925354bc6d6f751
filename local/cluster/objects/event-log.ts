import type { Clock } from '#core/ports/clock.ts';
import type { ClusterEvent, EventQuery, KubernetesObject } from '#core/ports/cluster.ts';

/** A real API server forgets events after this long (--event-ttl). */
const KEPT_MS = 60 * 60 * 1000;

interface Entry {
  event: Omit<ClusterEvent, 'lastSeenAt'>;
  lastSeenMs: number;
}

/** Events of one cluster; the same thing said again about the same object is one event with a count. */
export class EventLog {
  readonly #clock: Clock;
  readonly #byKind = new Map<string, Map<string, Entry>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param quietMs the same thing is not said again within this time. */
  record(
    about: KubernetesObject,
    type: ClusterEvent['type'],
    reason: string,
    message: string,
    { quietMs = 0 }: { quietMs?: number } = {},
  ): void {
    const { name, namespace } = about.metadata;
    let ofKind = this.#byKind.get(about.kind);
    if (ofKind === undefined) {
      ofKind = new Map();
      this.#byKind.set(about.kind, ofKind);
    }
    const key = [namespace ?? '', name, about.metadata.uid ?? '', type, reason, message].join('\n');
    const nowMs = this.#clock.nowMs();
    const entry = ofKind.get(key);
    if (entry !== undefined && nowMs - entry.lastSeenMs < quietMs) return;
    const regarding = { kind: about.kind, name, ...(namespace === undefined ? {} : { namespace }) };
    const count = entry !== undefined && nowMs - entry.lastSeenMs <= KEPT_MS ? entry.event.count + 1 : 1;
    ofKind.delete(key);
    ofKind.set(key, { event: { type, reason, message, regarding, count }, lastSeenMs: nowMs });
  }

  /** Those seen longest ago first. */
  query({ kind, name, namePrefix = '', namespace }: EventQuery): ClusterEvent[] {
    const since = this.#clock.nowMs() - KEPT_MS;
    const ofKind = this.#byKind.get(kind) ?? new Map<string, Entry>();
    const found: ClusterEvent[] = [];
    for (const [key, { event, lastSeenMs }] of ofKind) {
      if (lastSeenMs < since) {
        ofKind.delete(key);
        continue;
      }
      const { regarding } = event;
      if (name !== undefined && regarding.name !== name) continue;
      if (!regarding.name.startsWith(namePrefix)) continue;
      if (namespace !== undefined && regarding.namespace !== undefined && regarding.namespace !== namespace) continue;
      found.push({ ...event, regarding: { ...regarding }, lastSeenAt: new Date(lastSeenMs).toISOString() });
    }
    return found;
  }
}
