/**
 * Work that follows from a change, each piece under a key that is queued once. Drained by the outermost
 * change, in order: every change has had all its immediate consequences before the call that made it returns.
 */
export class WorkQueue {
  readonly #work = new Map<string, () => void>();
  #draining = false;

  add(key: string, run: () => void): void {
    if (!this.#work.has(key)) this.#work.set(key, run);
  }

  drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    try {
      for (const [key, run] of this.#work) {
        this.#work.delete(key);
        run();
      }
    } finally {
      this.#draining = false;
    }
  }
}
