import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = dirname(import.meta.dirname);

/**
 * The commit that a clone of StepBench stands at, with `-dirty` where files were changed; undefined in a copy without
 * its history, or without git.
 */
export function checkedOutCommit(): string | undefined {
  // Else git would answer for a project that StepBench is installed in.
  if (!existsSync(join(ROOT, '.git'))) return undefined;
  try {
    const args = ['-C', ROOT, 'describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'];
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 5000 }).trim();
  } catch {
    return undefined;
  }
}
