import { fileURLToPath } from 'node:url';
import { TOKENIZER_CONTAINER } from '#core/cluster/tokenizer-fetcher.ts';
import { ArtifactName } from '#core/generators/artifacts.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import type { Launcher } from '../cluster/images.ts';

const MAIN = fileURLToPath(new URL('./upload-main.ts', import.meta.url));

/** Files of a cell into the store; a second is what a few megabytes take to S3. */
const UPLOAD_MS = 1_000;

/**
 * Containers with nothing to do here: one is only there so that the image is, and a generator of this machine has its
 * tokenizer beside it.
 */
const IDLE: ReadonlySet<string> = new Set(['pull-uploader', TOKENIZER_CONTAINER]);

/** What the uploader's image is here: the same files to the same keys, and the generator's code at the end. */
export const localUploader = (store: ObjectStore, storeRoot: string): Launcher => ({
  virtual: ({ container, env, files }) => {
    if (IDLE.has(container)) return { durationMs: 0 };
    const folder = env.ARTIFACT_DIR ?? '';
    const code = files.read(`${folder}/${ArtifactName.exitCode}`);
    return {
      durationMs: UPLOAD_MS,
      exitCode: code === undefined ? 1 : Number(new TextDecoder().decode(code)),
      finish: async () => {
        for (const name of files.list(folder)) {
          const body = files.read(`${folder}/${name}`);
          if (body !== undefined) await store.put(`${env.UPLOAD_PREFIX}${name}`, body);
        }
      },
    };
  },
  process: ({ container, env }) => ({
    command: process.execPath,
    args: IDLE.has(container) ? ['--version'] : [MAIN, storeRoot, env.ARTIFACT_DIR ?? '', env.UPLOAD_PREFIX ?? ''],
  }),
});
