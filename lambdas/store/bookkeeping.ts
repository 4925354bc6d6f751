import { isStoreUnusable } from '#core/workflow/errors.ts';

/** Within one call: the store's client has waited and tried again by itself. */
const TRIES = 3;

/**
 * Writes down something about nodes that are let go of. That it cannot be written keeps no node, delays no release and
 * makes none fail: proof of gone is another thing. Tries again at once, but for a store that nobody can write to.
 * @returns why it is not written, for people, with what to do about it; undefined when it is.
 */
export async function writeDown(work: () => Promise<unknown>): Promise<string | undefined> {
  for (let tried = 1; ; tried++) {
    try {
      await work();
      return undefined;
    } catch (error) {
      if (tried < TRIES && !isStoreUnusable(error)) continue;
      return error instanceof Error ? error.message : String(error);
    }
  }
}
