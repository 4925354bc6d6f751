import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkStore } from '#cli/doctor/checks.ts';
import { openFolderStore } from '#local/store/folder-store.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepbench-doctor-'));
});
afterAll(() => rm(folder, { recursive: true }));

const storeCheck = async (path: string) => (await checkStore(path)).find(({ name }) => name === 'store');

describe('the check of the store', () => {
  it('knows a store, and one that the first run will make', async () => {
    const store = join(folder, 'store');
    expect(await storeCheck(join(store, 'deep', 'down'))).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('will be made by the first run'),
    });
    await openFolderStore(store);
    expect(await storeCheck(store)).toEqual({ name: 'store', status: 'ok', detail: store });
    expect(await checkStore(store)).toContainEqual(expect.objectContaining({ name: 'store space' }));
  });

  it('says what to do about a folder of something else, or a store of another version', async () => {
    const other = join(folder, 'other');
    await mkdir(other);
    await writeFile(join(other, 'mine.txt'), 'x');
    expect(await storeCheck(other)).toMatchObject({ status: 'fail', nextStep: expect.stringContaining('--store') });
    await writeFile(join(other, 'store.json'), '{"schema_version": 99}');
    expect(await storeCheck(other)).toMatchObject({ status: 'fail', detail: expect.stringContaining('99') });
  });

  it('fails for a file where the store should be', async () => {
    const file = join(folder, 'file');
    await writeFile(file, 'x');
    expect(await storeCheck(file)).toMatchObject({ status: 'fail' });
    expect(await storeCheck(join(file, 'below'))).toMatchObject({ status: 'fail' });
  });
});
