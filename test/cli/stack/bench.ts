import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Cli } from '#cli/cli.ts';
import { fakeCli, MATRIX } from '../fake-cli.ts';
import { fakeAws } from './fake-stack.ts';

/** The command line before an account. */
export const worldOf = (aws = fakeAws(), more: Partial<Cli> = {}) => {
  const cli = fakeCli({ connectStack: async () => aws, ...more });
  return { aws, cli };
};

export const onBench = ['--stack', 'bench'] as const;

export const started = (aws: ReturnType<typeof fakeAws>): string[] => aws.done.map(([what]) => what);

/** A matrix in a file, for the tests of a file. */
export function useMatrixFile(): { readonly path: string; readonly folder: string } {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stepbench-cli-'));
    await writeFile(join(folder, 'matrix.json'), JSON.stringify(MATRIX));
  });
  afterAll(() => rm(folder, { recursive: true }));
  return {
    get folder() {
      return folder;
    },
    get path() {
      return join(folder, 'matrix.json');
    },
  };
}
