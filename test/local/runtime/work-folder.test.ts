import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeWorkFolder, sweepWorkFolders, temporaryFolder } from '#local/runtime/work-folder.ts';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'folders-'));
});
afterEach(() => rm(parent, { recursive: true }));

const left = async (name: string, owner: object) => {
  await mkdir(join(parent, name, 'pods'), { recursive: true });
  await writeFile(join(parent, name, 'owner.json'), JSON.stringify(owner));
};

test('what a killed process left goes with the next one; what lives, and what is none of ours, stays', async () => {
  const mine = await makeWorkFolder(parent);
  const dead = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(dead, 'exit');
  const process_ = JSON.stringify({ pid: dead.pid, born: '1' });
  await left('stepbench-killed', { host: hostname(), process: process_ });
  await left('stepbench-elsewhere', { host: 'another-machine', process: process_ });
  await left('other', { host: hostname(), process: process_ });
  await mkdir(join(parent, 'stepbench-without'));
  await sweepWorkFolders(parent);
  expect((await readdir(parent)).toSorted()).toEqual(
    ['other', basename(mine), 'stepbench-elsewhere', 'stepbench-without'].toSorted(),
  );
});

test('a temporary folder that takes nothing is told with what to do, and nothing of it stays', async () => {
  await writeFile(join(parent, 'file'), '');
  await expect(makeWorkFolder(join(parent, 'file'))).rejects.toMatchObject({
    name: 'WorkFolderFailed',
    message: expect.stringMatching(/temporary folder .*\/file: ENOTDIR/),
    nextStep: expect.stringContaining('TMPDIR'),
  });
  expect(await readdir(parent)).toEqual(['file']);
});

test('generators leave their files in it, where their sockets fit', async () => {
  await mkdir(join(parent, 'w'));
  const short = join(parent, 'w').length <= 46;
  expect(await temporaryFolder(join(parent, 'w'))).toBe(short ? join(parent, 'w', 'tmp') : undefined);
  expect(await temporaryFolder(join(parent, 'x'.repeat(40)))).toBeUndefined();
});
