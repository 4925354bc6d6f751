import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { ArtifactName } from '#core/generators/artifacts.ts';
import { openFolderStore } from '../store/folder-store.ts';

/** `upload-main.ts STORE FOLDER PREFIX`: everything in the folder into the store, then the generator's exit code. */
const [storeRoot = '', folder = '', prefix = ''] = process.argv.slice(2);
const store = await openFolderStore(storeRoot);
for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = join(entry.parentPath, entry.name);
  await store.putFile(prefix + relative(folder, path).split(sep).join('/'), path);
}
const code = await readFile(join(folder, ArtifactName.exitCode), 'utf8').catch(() => '1');
process.exitCode = Number(code.trim());
