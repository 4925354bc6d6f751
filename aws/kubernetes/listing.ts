import type { AnyObject } from '#core/ports/cluster.ts';
import { ApiError } from './api-errors.ts';
import type { Page } from './object-api.ts';

/** A list that takes longer to read than the server remembers where it was (five minutes) is begun anew. */
const BEGINNINGS = 3;

/** All pages of a list. @param read the page after the one whose `continue` is given. */
export async function everyPage(read: (after: string | undefined) => Promise<Page>): Promise<AnyObject[]> {
  for (let begun = 1; ; begun++) {
    try {
      const items: AnyObject[] = [];
      for (let after: string | undefined, first = true; first || after !== undefined; first = false) {
        const page = await read(after);
        items.push(...page.items);
        after = page.metadata?.continue || undefined;
      }
      return items;
    } catch (error) {
      const expired = error instanceof ApiError && error.code === 410;
      if (!expired || begun === BEGINNINGS) throw error;
    }
  }
}

/** Items of a list do not say what they are, and nobody here reads who owns which field. */
export function plain<T extends { metadata: object }>(object: T): T {
  const { managedFields: _, ...metadata } = object.metadata as { managedFields?: unknown };
  return { ...object, metadata };
}
