import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface CommandResult {
  /** Null when it could not be started, was ended by a signal, or took too long. */
  code: number | null;
  stdout: string;
  stderr: string;
}

interface CommandOptions {
  timeoutSeconds: number;
  environment?: NodeJS.ProcessEnv;
  onLine?: (line: string) => void;
}

const KEPT = 64 * 1024;

/** Runs a command to its end. What goes wrong is in the result: callers have something better to say than ENOENT. */
export function runCommand(
  command: string,
  args: readonly string[],
  { timeoutSeconds, environment, onLine }: CommandOptions,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const result: CommandResult = { code: null, stdout: '', stderr: '' };
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutSeconds * 1000,
      killSignal: 'SIGKILL',
      ...(environment === undefined ? {} : { env: environment }),
    });
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        result[name] = (result[name] + text).slice(-KEPT);
      });
      if (onLine !== undefined) createInterface({ input: child[name] }).on('line', (line) => onLine(line.trim()));
    }
    child.on('error', (error) => {
      result.stderr += error.message;
      resolve(result);
    });
    child.on('close', (code) => resolve({ ...result, code }));
  });
}
