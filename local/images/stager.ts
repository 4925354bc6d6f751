import type { ObjectStore } from '#core/ports/object-store.ts';
import type { Launcher } from '../cluster/images.ts';

/** 13 GB of gpt-oss-20b from the hub and into the bucket, at some 100 MB/s each way. */
const STAGE_MS = 4 * 60_000;

/**
 * A simulated engine reads no weights, so there is nothing to download here: the marker says that the model
 * is there, as it does in AWS once it is.
 */
export const localStager = (store: ObjectStore): Launcher => ({
  virtual: ({ env }) => ({
    durationMs: STAGE_MS,
    finish: async () => void (await store.put(`${env.UPLOAD_PREFIX}.staged`, 'staged\n')),
  }),
  process: async ({ env }) => {
    await store.put(`${env.UPLOAD_PREFIX}.staged`, 'staged\n');
    return { command: process.execPath, args: ['--eval', ''] };
  },
});
