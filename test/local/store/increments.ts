/** A process of the folder store's test: increments a counter by compare and swap, or wants the lease, or dies. */
import { join } from 'node:path';
import { isError } from '#core/workflow/errors.ts';
import { openFolderLock } from '#local/store/folder-lock.ts';
import { openFolderStore } from '#local/store/folder-store.ts';

const [root = '', what = ''] = process.argv.slice(2);
const store = await openFolderStore(root);

if (what === 'die') {
  openFolderLock(join(root, '.stepbench', 'lock')).exclusively(() => process.kill(process.pid, 'SIGKILL'));
}

if (what === 'lease') {
  const won = await store.put('lease', String(process.pid), { ifAbsent: true }).then(
    () => true,
    () => false,
  );
  console.log(won ? 'mine' : 'taken');
}

for (let done = 0; done < Number(what); ) {
  const { body, etag } = (await store.get('counter'))!;
  try {
    await store.put('counter', String(Number(Buffer.from(body).toString()) + 1), { ifEtag: etag });
    done += 1;
  } catch (error) {
    if (!isError(error, 'PreconditionFailed')) throw error;
  }
}
