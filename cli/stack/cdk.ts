import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { CliError } from '../errors.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/**
 * The cdk command that `npm ci` installed, at the version that package.json pins, started by this Node and without a
 * shell: nothing of what a person writes is ever a command line.
 * @returns its exit code.
 * @throws CliError when it is not installed, or could not be started.
 */
export async function runCdk(args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(process.execPath, [cdkProgram(), ...args], {
    cwd: ROOT,
    // The app of cdk.json is started as `node`: it needs this one, whatever the PATH begins with.
    env: { ...process.env, ...env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) },
    // What it says is for people; stdout is for the result of the command.
    stdio: ['inherit', process.stderr, process.stderr],
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once('error', (cause) => reject(failed(`cdk cannot be started: ${cause.message}`, cause)));
  child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  return promise;
}

function cdkProgram(): string {
  try {
    return createRequire(import.meta.url).resolve('aws-cdk/bin/cdk');
  } catch (cause) {
    throw failed('the cdk command is not installed', cause);
  }
}

const failed = (message: string, cause: unknown) =>
  new CliError('deploy-failed', message, { nextStep: 'Run npm ci in the folder of StepBench.', cause });
