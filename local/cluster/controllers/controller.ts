import type { CancelTimer } from '#local/clock/timer-clock.ts';
import type { Faults } from '../faults.ts';
import type { Instances } from '../instances.ts';
import type { Latencies } from '../latencies.ts';
import type { EventLog } from '../objects/event-log.ts';
import type { ChangeType, Objects } from '../objects/objects.ts';
import type { Kinds, Stored } from '../objects/shapes.ts';
import type { Timers } from '../timers.ts';

/** What the controllers of one cluster share. */
export interface ControlPlane {
  cluster: string;
  objects: Objects;
  events: EventLog;
  timers: Timers;
  latencies: Latencies;
  faults: Faults;
  instances: Instances;
  /** In the order in which Karpenter tries them. */
  zones: readonly string[];
  /** False once the cluster's compute is switched off: then nothing launches or ends nodes. */
  computeEnabled(): boolean;
}

/** Which keys to reconcile when an object of a kind changes. */
type Watches = { [K in keyof Kinds]?: (object: Kinds[K], change: ChangeType) => Iterable<string> };

/**
 * Level-triggered, as in Kubernetes: reconcile looks at what is, whatever the change was, and may be called
 * at any time and again.
 */
export interface Controller {
  name: string;
  watches: Watches;
  /** @returns ms until it must look again although nothing may have changed. */
  reconcile(key: string): number | undefined;
}

/** @returns reconciles a key on demand. */
export function runController({ objects, timers }: ControlPlane, controller: Controller): (key: string) => void {
  const due = new Map<string, CancelTimer>();
  const reconcile = (key: string) => {
    due.get(key)?.();
    due.delete(key);
    const afterMs = controller.reconcile(key);
    if (afterMs === undefined || afterMs === Number.POSITIVE_INFINITY) return;
    due.set(
      key,
      timers.after(afterMs, () => {
        enqueue(key);
        objects.queue.drain();
      }),
    );
  };
  const enqueue = (key: string) => objects.queue.add(`${controller.name} ${key}`, () => reconcile(key));
  for (const [kind, keysOf] of Object.entries(controller.watches)) {
    objects.watch(kind, (object, change) => {
      for (const key of (keysOf as (object: Stored, change: ChangeType) => Iterable<string>)(object, change)) {
        enqueue(key);
      }
    });
  }
  return (key) => {
    enqueue(key);
    objects.queue.drain();
  };
}
