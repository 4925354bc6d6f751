import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildOnce } from '#local/generators/build-once.ts';

let target: string;
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stepbench-build-'));
  target = join(folder, 'cache', 'thing');
});
afterEach(() => rm(join(target, '..', '..'), { recursive: true }));

const writing = (text: string) => (folder: string) => writeFile(join(folder, 'file'), text);
const partsLeft = async () => (await readdir(join(target, '..'))).filter((name) => name.includes('.part-'));

describe('what is built once', () => {
  it('is not built again', async () => {
    await buildOnce(target, { build: writing('first'), onWait: () => {} });
    await buildOnce(target, { build: writing('second'), onWait: () => {} });
    expect(await readFile(join(target, 'file'), 'utf8')).toBe('first');
  });

  it('is built by one of several at a time, and the others are told', async () => {
    let builds = 0;
    let waits = 0;
    const build = async (folder: string) => {
      builds += 1;
      expect(existsSync(target)).toBe(false);
      await sleep(50);
      await writing('whole')(folder);
    };
    await Promise.all([1, 2, 3].map(() => buildOnce(target, { build, onWait: () => (waits += 1) })));
    expect(builds).toBe(1);
    expect(waits).toBe(2);
    expect(await readFile(join(target, 'file'), 'utf8')).toBe('whole');
  });

  it('is not there when building failed, and can be built afterwards', async () => {
    const failing = async (folder: string) => {
      await writing('half')(folder);
      throw new Error('no network');
    };
    await expect(buildOnce(target, { build: failing, onWait: () => {} })).rejects.toThrow('no network');
    expect(existsSync(target)).toBe(false);
    expect(await partsLeft()).toEqual([]);
    await buildOnce(target, { build: writing('whole'), onWait: () => {} });
    expect(await readFile(join(target, 'file'), 'utf8')).toBe('whole');
  });

  it('is built again when it can no longer be used, and stays as it was where that fails', async () => {
    const isUsable = async (folder: string) => (await readFile(join(folder, 'file'), 'utf8')) === 'good';
    const build = (text: string) => buildOnce(target, { build: writing(text), onWait: () => {}, isUsable });
    await build('rotten');
    const failing = async () => {
      throw new Error('no network');
    };
    await expect(buildOnce(target, { build: failing, onWait: () => {}, isUsable })).rejects.toThrow('no network');
    expect(await readFile(join(target, 'file'), 'utf8')).toBe('rotten');
    await build('good');
    await build('never');
    expect(await readFile(join(target, 'file'), 'utf8')).toBe('good');
    expect(await partsLeft()).toEqual([]);
  });

  it('clears away what was left half-made by one that was killed', async () => {
    await mkdir(`${target}.part-dead`, { recursive: true });
    await writeFile(join(`${target}.part-dead`, 'file'), 'half');
    await buildOnce(target, { build: writing('whole'), onWait: () => {} });
    expect(await partsLeft()).toEqual([]);
  });
});
