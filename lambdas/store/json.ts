import type { ObjectStore, PutCondition } from '#core/ports/object-store.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';

export interface StoredJson {
  value: unknown;
  etag: string;
}

export async function readJson(store: ObjectStore, key: string): Promise<StoredJson | undefined> {
  const stored = await store.get(key);
  if (stored === undefined) return undefined;
  try {
    return { value: JSON.parse(new TextDecoder().decode(stored.body)), etag: stored.etag };
  } catch (cause) {
    throw new StepBenchError(ErrorName.StoreBroken, `${store.locate(key)} is not JSON.`, {
      cause,
      nextStep: 'Something else wrote it: move it away, or use another run id.',
    });
  }
}

export const writeJson = (store: ObjectStore, key: string, value: unknown, condition?: PutCondition) =>
  store.put(key, `${JSON.stringify(value, null, 1)}\n`, condition);
