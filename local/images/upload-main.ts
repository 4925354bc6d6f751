import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { UploadExit } from '#core/cluster/uploader.ts';
import { ArtifactName } from '#core/generators/artifacts.ts';
import { ErrorName, isError } from '#core/workflow/errors.ts';
import { openFolderStore } from '../store/folder-store.ts';

/**
 * `upload-main.ts STORE FOLDER PREFIX`: everything in the folder into the store, then the generator's exit code. What
 * cannot be stored is told in one line, which becomes the reason of the cell's row, with a code of its own.
 */
const [storeRoot = '', folder = '', prefix = ''] = process.argv.slice(2);
try {
  await upload();
  process.exitCode = generatorExitCode();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCodeOf(error);
}

async function upload(): Promise<void> {
  const store = await openFolderStore(storeRoot);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    await store.putFile(prefix + relative(folder, path).split(sep).join('/'), path);
  }
}

function generatorExitCode(): number {
  try {
    // Empty where a full disk took the file and not what was to stand in it.
    return Number(readFileSync(join(folder, ArtifactName.exitCode), 'utf8').trim() || 1);
  } catch {
    // It did not come to its end.
    return 1;
  }
}

function exitCodeOf(error: unknown): number {
  if (isError(error, ErrorName.StoreFull)) return UploadExit.storeFull;
  return isError(error, ErrorName.StoreDenied) ? UploadExit.storeDenied : UploadExit.storeFailed;
}
