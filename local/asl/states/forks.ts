import type { Branch, MapItem } from '../run/branch.ts';
import { Aborted, StateFailure } from '../run/failure.ts';
import { HistoryFull } from '../run/history.ts';

/** Told what becomes of the branches when one of them fails; both get the event that the failure ended with. */
export interface ForkListener {
  failed(index: number, lastEventId: number): void;
  aborted(index: number, lastEventId: number): void;
}

/** The branches of a Parallel, or the iterations of a Map, that are under way. */
export class Forks {
  readonly #parent: Branch;
  readonly #listener: ForkListener;
  readonly #open = new Map<number, Branch>();

  constructor(parent: Branch, listener: ForkListener) {
    this.#parent = parent;
    this.#listener = listener;
  }

  open(index: number, mapItem?: MapItem): Branch {
    const branch = this.#parent.fork(mapItem);
    this.#open.set(index, branch);
    return branch;
  }

  succeeded(index: number): void {
    const branch = this.#close(index);
    this.#parent.lastEventId = branch.lastEventId;
  }

  /** One has failed: the others are aborted at once, and none of their Catch runs. */
  failed(index: number, error: unknown): void {
    const failing = this.#close(index);
    const isRecorded = error instanceof StateFailure && !(error instanceof HistoryFull);
    if (isRecorded) {
      this.#parent.lastEventId = failing.lastEventId;
      this.#listener.failed(index, failing.lastEventId);
      // AWS records this for the task that failed as well as for those that it cut off.
      if (failing.stateType === 'Task') this.#parent.record('TaskStateAborted', failing.lastEventId);
    }
    for (const [other, branch] of [...this.#open]) {
      branch.abort(new Aborted('A sibling failed'), (stateType) => {
        if (isRecorded) this.#parent.record(`${stateType}StateAborted`, failing.lastEventId);
      });
      this.#close(other);
      if (isRecorded) this.#listener.aborted(other, failing.lastEventId);
    }
  }

  #close(index: number): Branch {
    const branch = this.#open.get(index)!;
    this.#open.delete(index);
    this.#parent.join(branch);
    return branch;
  }
}
