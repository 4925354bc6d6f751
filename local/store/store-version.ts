import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { isAbsent } from './disk-errors.ts';
import { OWN_FOLDER, VERSION_FILE } from './keys.ts';

/** Version of the layout of keys (core/results/layout.ts) and of this folder. */
const STORE_VERSION = 1;

export const versionFileText = (): string => `${JSON.stringify({ schema_version: STORE_VERSION }, null, 2)}\n`;

/**
 * Whether the folder is a store already; false when it is empty and may become one.
 * @throws StepBenchError SchemaVersion when it is a store of another version, or holds something else.
 */
export async function isStore(root: string): Promise<boolean> {
  const text = await readFile(join(root, VERSION_FILE), 'utf8').catch((error) => {
    if (isAbsent(error)) return undefined;
    throw error;
  });
  if (text !== undefined) {
    const version = versionIn(text);
    if (version === STORE_VERSION) return true;
    throw new StepBenchError(
      ErrorName.SchemaVersion,
      `The store in ${root} has schema version ${version ?? 'that cannot be read'}; this StepBench reads ${STORE_VERSION}.`,
      { nextStep: 'Use the StepBench that wrote it, or choose another folder with --store.' },
    );
  }
  const others = (await readdir(root)).filter((name) => name !== OWN_FOLDER);
  if (others.length === 0) return false;
  throw new StepBenchError(
    ErrorName.SchemaVersion,
    `The folder ${root} holds other files (${others.slice(0, 3).join(', ')}) and no ${VERSION_FILE}: it is not a store.`,
    { nextStep: 'Choose an empty or a new folder with --store.' },
  );
}

function versionIn(text: string): string | number | undefined {
  try {
    const version = (JSON.parse(text) as { schema_version?: unknown } | null)?.schema_version;
    return typeof version === 'number' || typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
