import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const SOURCE = join(import.meta.dirname, '..', '..', 'cli', 'checked-out.ts');
const AUTHOR = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepbench-checked-out-'));
});
afterAll(() => rm(folder, { recursive: true }));

const git = (at: string, ...args: string[]) =>
  execFileSync('git', ['-C', at, ...AUTHOR, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim();

/** A copy of the file that says it, at the place that it has in a clone. */
async function copyAt(root: string): Promise<() => string | undefined> {
  await mkdir(join(root, 'cli'), { recursive: true });
  const copy = join(root, 'cli', 'checked-out.ts');
  await cp(SOURCE, copy);
  return (await import(pathToFileURL(copy).href)).checkedOutCommit;
}

async function clone(name: string) {
  const root = join(folder, name);
  const commit = await copyAt(root);
  git(folder, 'init', '--quiet', name);
  git(root, 'add', '.');
  git(root, 'commit', '--quiet', '--message', 'first');
  return { root, commit };
}

describe('the commit that is told', () => {
  it('is the one that a clone stands at, whatever tags it has', async () => {
    const { root, commit } = await clone('clone');
    const head = git(root, 'rev-parse', 'HEAD').slice(0, 12);
    expect(commit()).toBe(head);
    git(root, 'tag', '--annotate', 'v9', '--message', 'nine');
    expect(commit()).toBe(head);
  });

  it('is told apart from files that were changed', async () => {
    const { root, commit } = await clone('changed');
    await writeFile(join(root, 'cli', 'checked-out.ts'), '// Changed.\n');
    expect(commit()).toBe(`${git(root, 'rev-parse', 'HEAD').slice(0, 12)}-dirty`);
  });

  it('is none of a project that it is installed in, and none of a history that git cannot read', async () => {
    const { root } = await clone('project');
    const installed = join(root, 'node_modules', 'stepbench');
    expect((await copyAt(installed))()).toBeUndefined();
    await writeFile(join(installed, '.git'), 'gitdir: nowhere\n');
    expect((await copyAt(installed))()).toBeUndefined();
  });
});
