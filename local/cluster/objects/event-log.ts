import type { Clock } from '#core/ports/clock.ts';
import type { ClusterEvent, EventQuery, KubernetesObject } from '#core/ports/cluster.ts';
import { SortedNames } from '#local/sorted-names.ts';

/** A real API server forgets events after this long (--event-ttl). */
const KEPT_MS = 60 * 60 * 1000;

interface Entry {
  event: Omit<ClusterEvent, 'lastSeenAt'>;
  lastSeenMs: number;
  /** Counts what is recorded: of two entries the one said earlier has the smaller. */
  serial: number;
}

/** Events of one cluster; the same thing said again about the same object is one event with a count. */
export class EventLog {
  readonly #clock: Clock;
  /** By kind, then by the object's name. */
  readonly #byKind = new Map<string, SortedNames<Map<string, Entry>>>();
  #serial = 0;

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
      ofKind = new SortedNames();
      this.#byKind.set(about.kind, ofKind);
    }
    const ofName = ofKind.get(name) ?? new Map<string, Entry>();
    ofKind.set(name, ofName);
    const key = [namespace ?? '', about.metadata.uid ?? '', type, reason, message].join('\n');
    const nowMs = this.#clock.nowMs();
    const entry = ofName.get(key);
    if (entry !== undefined && nowMs - entry.lastSeenMs < quietMs) return;
    const regarding = { kind: about.kind, name, ...(namespace === undefined ? {} : { namespace }) };
    const count = entry !== undefined && nowMs - entry.lastSeenMs <= KEPT_MS ? entry.event.count + 1 : 1;
    const event = { type, reason, message, regarding, count };
    ofName.set(key, { event, lastSeenMs: nowMs, serial: ++this.#serial });
  }

  /** Those seen longest ago first. */
  query({ kind, name, namePrefix = '', namespace }: EventQuery): ClusterEvent[] {
    const since = this.#clock.nowMs() - KEPT_MS;
    const ofKind = this.#byKind.get(kind) ?? new SortedNames<Map<string, Entry>>();
    const names = name === undefined ? ofKind.startingWith(namePrefix) : name.startsWith(namePrefix) ? [name] : [];
    const found: Entry[] = [];
    for (const one of names) {
      const ofName = ofKind.get(one) ?? new Map<string, Entry>();
      for (const [key, entry] of ofName) {
        if (entry.lastSeenMs < since) {
          ofName.delete(key);
          continue;
        }
        const { regarding } = entry.event;
        if (namespace !== undefined && regarding.namespace !== undefined && regarding.namespace !== namespace) continue;
        found.push(entry);
      }
      if (ofName.size === 0) ofKind.delete(one);
    }
    return found
      .sort((left, right) => left.serial - right.serial)
      .map(({ event, lastSeenMs }) => ({
        ...event,
        regarding: { ...event.regarding },
        lastSeenAt: new Date(lastSeenMs).toISOString(),
      }));
  }
}
