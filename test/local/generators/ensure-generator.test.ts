import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureGenerator } from '#local/generators/ensure-generator.ts';
import { environmentFolder, installationOf } from '#local/generators/installations.ts';
import { programs } from './fake-programs.ts';

const path = process.env.PATH ?? '';
let cacheDir: string;
let program: string;
let said: string[];

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'stepbench-cache-'));
  said = [];
  await onPath('exit 1');
  const python = { path: '/py', version: '3.11.1' };
  const folder = await environmentFolder(cacheDir, python, installationOf('aiperf', false));
  program = join(folder, 'venv', 'bin', 'aiperf');
});

afterEach(async () => {
  process.env.PATH = path;
  await rm(cacheDir, { recursive: true });
});

/** A Python, and a uv whose environments have an AIPerf, unless it does something else. */
async function onPath(pip: string): Promise<void> {
  const uv = `
    case "$1" in
      --version) echo uv 0.9.0 ;;
      venv) for last; do :; done; mkdir -p "$last/bin"; printf '#!/bin/sh\\necho new\\n' > "$last/bin/aiperf"; chmod +x "$last/bin/aiperf" ;;
      pip) ${pip} ;;
    esac`;
  process.env.PATH = [await programs({ 'python3.12': 'echo /py; echo 3.11.1', uv }), path].join(delimiter);
}

async function installed(script: string): Promise<void> {
  await mkdir(dirname(program), { recursive: true });
  await writeFile(program, script);
  await chmod(program, 0o755);
}

const ensure = () => ensureGenerator({ name: 'aiperf', cacheDir, onProgress: (message) => said.push(message) });

describe('a generator that was installed earlier', () => {
  it('is taken as it is when it starts', async () => {
    await installed('#!/bin/sh\necho 0.13.0\n');
    expect(await ensure()).toMatchObject({ bin: program });
    expect(said).toEqual([]);
  });

  it.each([
    ['a part of it is gone', '#!/bin/sh\necho "No module named aiperf" >&2; exit 1\n', /No module named aiperf/],
    ['its Python is gone', '#!/no/such/python\n', /ENOENT/],
  ])('is made again, and that is said, when %s', async (_, script, why) => {
    await installed(script);
    await onPath('exit 0');
    expect(await ensure()).toMatchObject({ bin: program });
    expect(said[0]).toMatch(why);
    expect(said[0]).toContain(dirname(dirname(dirname(program))));
    expect(await readFile(program, 'utf8')).toContain('echo new');
  });

  it('is named with its folder, and with what to do, when it can neither start nor be made again', async () => {
    await installed('#!/bin/sh\necho "bad interpreter" >&2; exit 1\n');
    await onPath('echo "error sending request" >&2; exit 2');
    await expect(ensure()).rejects.toMatchObject({
      name: 'GeneratorFailed',
      message: expect.stringMatching(/AIPerf in .*aiperf-\w+ does not start \(bad interpreter\).*does not answer/),
      nextStep: expect.stringContaining('Look at the network'),
    });
  });
});
