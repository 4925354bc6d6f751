import { isStoreUnusable } from '#core/workflow/errors.ts';

/** Within one call: the store's client has waited and tried again by itself. */
const TRIES = 3;

/**
 * What is written down about nodes that are let go of. That it cannot be written keeps no node, delays no release
 * and makes none fail: proof of gone is another thing. It is told instead, so that nothing is lost silently.
 */
export class Bookkeeping {
  /** What could not be written, for people, with what to do about it. */
  readonly warnings: string[] = [];

  /** Tries again at once, but for a store that nobody can write to. */
  async keep(what: string, work: () => Promise<unknown>): Promise<void> {
    for (let tried = 1; ; tried++) {
      try {
        await work();
        return;
      } catch (error) {
        if (tried < TRIES && !isStoreUnusable(error)) continue;
        this.warnings.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
        return;
      }
    }
  }
}
