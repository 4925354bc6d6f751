import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { MATRIX } from './fake-cli.ts';

/** A folder of the test's own with a matrix in it, and whatever else is written there; gone at the end. */
export function matrixFiles() {
  const folder = mkdtempSync(join(tmpdir(), 'stepbench-cli-'));
  afterAll(() => rm(folder, { recursive: true }));
  const file = async (name: string, content: unknown): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  const matrixFile = join(folder, 'matrix.json');
  writeFileSync(matrixFile, JSON.stringify(MATRIX));
  return { folder, file, matrixFile };
}
