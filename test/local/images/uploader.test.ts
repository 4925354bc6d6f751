import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { VirtualStart } from '#local/cluster/images.ts';
import { mountedFiles } from '#local/cluster/runtime/memory-files.ts';
import { localStager } from '#local/images/stager.ts';
import { localUploader } from '#local/images/uploader.ts';
import { memoryStore } from '#local/store/memory-store.ts';
import { keysOf } from '#test/lambdas/fakes/stores.ts';

const mount = { name: 'uploader', volumeMounts: [{ name: 'artifacts', mountPath: '/artifacts' }] };
const start = (container: string, files: Record<string, string>) => {
  const pod = mountedFiles(new Map(), mount);
  for (const [path, body] of Object.entries(files)) pod.write(path, body);
  const env = { ARTIFACT_DIR: '/artifacts', UPLOAD_PREFIX: 'runs/r/artifacts/d/c/1/' };
  return { container, files: pod, env } as unknown as VirtualStart;
};
const upload = async (files: Record<string, string>) => {
  const store = memoryStore();
  const process = await localUploader(store, '').virtual!(start('uploader', files));
  await process.finish?.();
  return { exitCode: process.exitCode, keys: await keysOf(store) };
};

test('every file of the artifacts goes up under its own name, and the exit code is the generator’s', async () => {
  const files = { '/artifacts/exit-code': '3\n', '/artifacts/a/b.json': '{}', '/tmp/own': 'x' };
  expect(await upload(files)).toEqual({
    exitCode: 3,
    keys: ['runs/r/artifacts/d/c/1/a/b.json', 'runs/r/artifacts/d/c/1/exit-code'],
  });
});

test('without a code the generator did not come to its end: that is no success', async () => {
  expect(await upload({ '/artifacts/partial.json': '{' })).toMatchObject({ exitCode: 1, keys: [expect.any(String)] });
});

test('the container that only pulls the image uploads nothing', async () => {
  const store = memoryStore();
  const process = await localUploader(store, '').virtual!(start('pull-uploader', { '/artifacts/x': 'x' }));
  expect(process).toEqual({ durationMs: 0 });
});

test('a model is staged once its marker is there, at the end', async () => {
  const store = memoryStore();
  const env = { UPLOAD_PREFIX: 'models/abc/' };
  const process = await localStager(store).virtual!({ env } as unknown as VirtualStart);
  expect(await keysOf(store)).toEqual([]);
  await process.finish?.();
  expect(await keysOf(store)).toEqual(['models/abc/.staged']);
});

describe('the program', () => {
  const MAIN = new URL('../../../local/images/upload-main.ts', import.meta.url).pathname;
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stepbench-upload-'));
    await mkdir(join(folder, 'artifacts', 'a'), { recursive: true });
    await writeFile(join(folder, 'artifacts', 'a', 'b.json'), '{}');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const run = (store: string) =>
    new Promise<{ code: unknown; stderr: string }>((resolve) => {
      const args = [MAIN, store, join(folder, 'artifacts'), 'runs/r/artifacts/d/c/1/'];
      execFile(process.execPath, args, (error, _, stderr) => resolve({ code: error?.code ?? 0, stderr }));
    });

  test('uploads, and passes the generator’s code on', async () => {
    await writeFile(join(folder, 'artifacts', 'exit-code'), '3\n');
    expect(await run(join(folder, 'store'))).toEqual({ code: 3, stderr: '' });
    expect(await readFile(join(folder, 'store/runs/r/artifacts/d/c/1/a/b.json'), 'utf8')).toBe('{}');
  });

  test('takes a code that a full disk cut away for none', async () => {
    await writeFile(join(folder, 'artifacts', 'exit-code'), '');
    expect(await run(join(folder, 'store'))).toMatchObject({ code: 1 });
  });

  test('says in one line what could not be stored, where, and what to do, with a code of its own', async () => {
    await writeFile(join(folder, 'artifacts', 'exit-code'), '0\n');
    await writeFile(join(folder, 'file'), '');
    const { code, stderr } = await run(join(folder, 'file'));
    expect(code).toBe(77);
    expect(stderr).toBe(
      `The store cannot be in ${join(folder, 'file')}: that is a file. Name a folder with --store.\n`,
    );
  });
});
