import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { durableFiles } from '#local/store/durable-files.ts';
import { openFolderStore } from '#local/store/folder-store.ts';
import { objectStoreContract } from '#test/contract/object-store.ts';

const run = promisify(execFile);

objectStoreContract('a folder', async () => {
  const root = await mkdtemp(join(tmpdir(), 'stepbench-store-'));
  return { store: await openFolderStore(root), close: () => rm(root, { recursive: true }) };
});

describe('a folder store', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'stepbench-store-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('is found where it says it is', async () => {
    const store = await openFolderStore(join(root, 'new', 'folder'));
    await store.put('runs/a/report.html', '<html>');
    expect(await readFile(store.locate('runs/a/report.html'), 'utf8')).toBe('<html>');
  });

  it('holds its own files apart', async () => {
    const store = await openFolderStore(root);
    await store.put('a', 'x');
    const keys = [];
    for await (const { key } of store.list('')) keys.push(key);
    expect(keys).toEqual(['a']);
    await expect(store.put('store.json', '{}')).rejects.toMatchObject({ name: 'StoreFailed' });
    await expect(store.get('.stepbench/lock')).rejects.toMatchObject({ name: 'StoreFailed' });
  });

  it.each(['../x', 'a/../../x', '/etc/passwd', 'a//b', 'a/', '', '.', 'a/./b', 'a\0b', 'a\\..\\b', 'k'.repeat(1025)])(
    'refuses %j as a key, whatever is done with it',
    async (key) => {
      const store = await openFolderStore(join(root, 'store'));
      await expect(store.put(key, 'x')).rejects.toMatchObject({ name: 'StoreFailed' });
      await expect(store.get(key)).rejects.toMatchObject({ name: 'StoreFailed' });
      await expect(store.stream(key)).rejects.toMatchObject({ name: 'StoreFailed' });
      await expect(store.delete(key)).rejects.toMatchObject({ name: 'StoreFailed' });
      expect(() => store.locate(key)).toThrow(/not a key/);
      expect(await readdir(root)).toEqual(['store']);
    },
  );

  it('refuses to list what is outside', async () => {
    const store = await openFolderStore(join(root, 'store'));
    expect(() => store.list('../')).toThrow(/leave its folder/);
    expect(() => store.folders('a/../../')).toThrow(/leave its folder/);
  });

  it('follows no link out of itself', async () => {
    await mkdir(join(root, 'outside'));
    await writeFile(join(root, 'outside', 'secret'), 'secret');
    const store = await openFolderStore(join(root, 'store'));
    await symlink(join(root, 'outside'), join(root, 'store', 'runs'));
    await symlink(join(root, 'outside', 'secret'), join(root, 'store', 'file'));
    await expect(store.get('runs/secret')).rejects.toMatchObject({ name: 'StoreFailed' });
    await expect(store.get('file')).rejects.toMatchObject({ name: 'StoreFailed' });
    await expect(store.put('runs/new/deep', 'x')).rejects.toMatchObject({ name: 'StoreFailed' });
    await expect(store.delete('runs/secret')).rejects.toMatchObject({ name: 'StoreFailed' });
    expect(await readdir(join(root, 'outside'))).toEqual(['secret']);
    for await (const { key } of store.list('')) expect.unreachable(key);
  });

  it('says so when a key would be an object and a folder at once', async () => {
    const store = await openFolderStore(root);
    await store.put('a/b', 'x');
    await expect(store.put('a', 'y')).rejects.toMatchObject({ name: 'Conflict' });
    await expect(store.put('a/b/c', 'y')).rejects.toMatchObject({ name: 'Conflict' });
    await store.delete('a/b');
    await store.put('a', 'y');
  });

  it('reads what another opening of it wrote', async () => {
    await (await openFolderStore(root)).put('a', 'x');
    expect(await (await openFolderStore(root)).get('a')).toBeDefined();
  });

  it.each(['{"schema_version": 7}', 'not json', 'null'])('refuses a store of another version: %s', async (text) => {
    await writeFile(join(root, 'store.json'), text);
    await expect(openFolderStore(root)).rejects.toMatchObject({
      name: 'SchemaVersion',
      nextStep: expect.stringContaining('--store'),
    });
  });

  it('does not take over a folder of other files', async () => {
    await writeFile(join(root, 'holiday.jpg'), '');
    await expect(openFolderStore(root)).rejects.toThrow(/holiday\.jpg/);
    expect(await readdir(root)).toEqual(['holiday.jpg']);
  });

  it('says what to do when the disk is full, and keeps what was there', async () => {
    await (await openFolderStore(root)).put('row', 'before');
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const store = await openFolderStore(root, {
      writeNew: async (path) => {
        await writeFile(path, 'half');
        throw full;
      },
    });
    await expect(store.put('row', 'after')).rejects.toMatchObject({
      name: 'StoreFull',
      message: expect.stringContaining('no space left'),
      nextStep: expect.stringContaining('Free some space'),
      cause: full,
    });
    expect(Buffer.from((await store.get('row'))!.body).toString()).toBe('before');
    expect(await readdir(join(root, '.stepbench', 'tmp'))).toEqual([]);
  });

  it.each([
    ['ENOSPC', undefined, 'StoreFull'],
    ['EDQUOT', undefined, 'StoreFull'],
    ['EROFS', undefined, 'StoreDenied'],
    ['EACCES', undefined, 'StoreDenied'],
    ['EIO', undefined, 'StoreFailed'],
    ['ERR_SQLITE_ERROR', 13, 'StoreFull'],
    ['ERR_SQLITE_ERROR', 8, 'StoreDenied'],
    // SQLITE_READONLY_DIRECTORY: extended codes have the primary one in their low byte.
    ['ERR_SQLITE_ERROR', 8 | (6 << 8), 'StoreDenied'],
    ['ERR_SQLITE_ERROR', 5, 'StoreFailed'],
  ])('tells %s %s as %s, before anything is started too', async (code, errcode, name) => {
    const said = Object.assign(new Error('no'), { code, ...(errcode !== undefined && { errcode }) });
    await openFolderStore(root);
    const store = await openFolderStore(root, { writeNew: () => Promise.reject(said) });
    await expect(store.put('row', 'x')).rejects.toMatchObject({
      name,
      cause: said,
      nextStep: expect.stringMatching(/./),
    });
    await expect(store.assertWritable()).rejects.toMatchObject({ name, cause: said });
  });

  it('can be written when it says so, and keeps nothing of the trial', async () => {
    const store = await openFolderStore(root);
    await store.assertWritable();
    expect(await readdir(join(root, '.stepbench', 'tmp'))).toEqual([]);
  });

  it.each(['file', join('file', 'deeper')])('is refused at %s, with the path and what to do', async (at) => {
    await writeFile(join(root, 'file'), '');
    await expect(openFolderStore(join(root, at))).rejects.toMatchObject({
      name: 'StoreDenied',
      message: `The store cannot be in ${join(root, 'file')}: that is a file. Name a folder with --store.`,
      nextStep: 'Name a folder with --store.',
    });
  });

  it.runIf(process.platform === 'linux')('is refused where nobody may make anything, root included', async () => {
    await expect(openFolderStore('/proc/stepbench/store')).rejects.toMatchObject({
      message: expect.stringContaining('The store cannot use /proc/stepbench: '),
      nextStep: expect.stringContaining('--store'),
    });
  });

  it('copies a file of any size, whole or not at all', async () => {
    const store = await openFolderStore(root);
    const file = join(root, 'outside');
    await writeFile(file, 'x'.repeat(300_000));
    await store.putFile('runs/r/artifacts/export.json', file);
    expect((await store.get('runs/r/artifacts/export.json'))?.body).toHaveLength(300_000);
    // A busy disk: the file is not there long before anybody reads from it.
    const slow = await openFolderStore(root, {
      writeNew: async (path, body) => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        await durableFiles.writeNew(path, body);
      },
    });
    for (const disk of [store, slow]) {
      await expect(disk.putFile('runs/r/artifacts/gone.json', join(root, 'not-there'))).rejects.toMatchObject({
        name: 'StoreFailed',
      });
    }
    expect(await store.get('runs/r/artifacts/gone.json')).toBeUndefined();
    expect(await readdir(join(root, '.stepbench', 'tmp'))).toEqual([]);
  });

  it('clears away what a killed process was writing, and not what another one is', async () => {
    await openFolderStore(root);
    const temporary = join(root, '.stepbench', 'tmp');
    await writeFile(join(temporary, 'old'), '');
    await writeFile(join(temporary, 'new'), '');
    await utimes(join(temporary, 'old'), 0, 0);
    await openFolderStore(root);
    expect(await readdir(temporary)).toEqual(['new']);
  });

  it('loses no increment to another process, one of which is killed while it holds the lock', async () => {
    const store = await openFolderStore(root);
    await store.put('counter', '0');
    const program = join(import.meta.dirname, 'increments.ts');
    await expect(run(process.execPath, [program, root, 'die'])).rejects.toMatchObject({ signal: 'SIGKILL' });
    await Promise.all([1, 2, 3].map(() => run(process.execPath, [program, root, '40'])));
    expect(Buffer.from((await store.get('counter'))!.body).toString()).toBe('120');
    const owners = await Promise.all([1, 2, 3].map(() => run(process.execPath, [program, root, 'lease'])));
    expect(owners.filter(({ stdout }) => stdout.trim() === 'mine')).toHaveLength(1);
  });
});
