import type { ObjectStore } from '#core/ports/object-store.ts';
import { keyOf } from '#core/results/layout.ts';
import { writeJson } from './json.ts';

interface EndOfExecution {
  run: string;
  attempt: number;
}

const keyOfTold = (of: EndOfExecution): string => keyOf({ kind: 'told', ...of });

/**
 * Written once the end of an execution has been published, by Notify or by the guard. One that cannot be written costs
 * a second message, which is better than a step that is done again, or an end that nobody hears of.
 */
export const markTold = (store: ObjectStore, of: EndOfExecution): Promise<void> =>
  writeJson(store, keyOfTold(of), { schema_version: 1 }).then(
    () => {},
    () => {},
  );

/** Whether somebody has been told; a store that cannot say so makes it no. */
export const wasTold = (store: ObjectStore, of: EndOfExecution): Promise<boolean> =>
  store.get(keyOfTold(of)).then(
    (found) => found !== undefined,
    () => false,
  );
