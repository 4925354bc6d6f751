import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import type { CommandResult } from './command.ts';

const KINDS = [
  {
    pattern: /No space left on device|os error 28|os error 112|ENOSPC|Disk quota exceeded/i,
    says: 'the disk is full',
    nextStep: 'Free 2 GB, or name a folder on another disk in STEPBENCH_CACHE, and start again.',
  },
  {
    pattern: /hash mismatch|do not match the hashes/i,
    says: 'a downloaded file is not the one that was locked',
    nextStep: 'A proxy or mirror may have changed it: use another package index and start again.',
  },
  {
    pattern: /certificate|UnknownIssuer|SSL/i,
    says: "the package index's certificate is not trusted",
    nextStep: 'Name your certificates in SSL_CERT_FILE and start again.',
  },
  {
    pattern:
      /dns error|failed to lookup|Name or service not known|Temporary failure in name resolution|error sending request|Connection (refused|reset|timed out)|Failed to (fetch|download)|NewConnectionError|Max retries|No route to host|Network is unreachable/i,
    says: 'the package index does not answer',
    nextStep:
      'Look at the network, or name a mirror in UV_DEFAULT_INDEX, and start again: what was downloaded is kept.',
  },
  {
    pattern: /Permission denied|os error 13|EACCES|Read-only file system/i,
    says: 'the folder cannot be written',
    nextStep: 'Name another one in STEPBENCH_CACHE and start again.',
  },
  {
    pattern: /ensurepip is not available|No module named (venv|ensurepip)/i,
    says: 'this Python cannot make environments',
    nextStep: "Install uv, or your system's package for venv (Debian: python3-venv), and start again.",
  },
] as const;

/** Why an installation failed and what to do about it, from what the installer said. */
export function installError(what: string, result: Pick<CommandResult, 'code' | 'stdout' | 'stderr'>): StepBenchError {
  const said = `${result.stderr}\n${result.stdout}`;
  const kind = KINDS.find(({ pattern }) => pattern.test(said));
  const lines = said.split(/\r?\n/).filter((line) => line.trim() !== '');
  const how = result.code === null ? 'took too long or could not be started' : `ended with ${result.code}`;
  return new StepBenchError(
    ErrorName.GeneratorFailed,
    kind === undefined
      ? `${what} cannot be installed: the installer ${how} (${lines.slice(-3).join(' | ').slice(0, 500)}).`
      : `${what} cannot be installed: ${kind.says}.`,
    { cause: new Error(lines.slice(-20).join('\n')), ...(kind === undefined ? {} : { nextStep: kind.nextStep }) },
  );
}

/** The same for what this process could not do itself. */
export const fileError = (what: string, error: unknown): StepBenchError =>
  error instanceof StepBenchError ? error : installError(what, { code: 1, stdout: '', stderr: String(error) });

/** @param broken what an installation that is there says in the place of starting, if there is one. */
export function brokenError(what: string, folder: string, broken: string | undefined, error: StepBenchError): Error {
  if (broken === undefined) return error;
  const { nextStep = 'Start again.' } = error;
  return new StepBenchError(
    ErrorName.GeneratorFailed,
    `${what} in ${folder} does not start (${broken}), and could not be made again: ${error.message.replace(nextStep, '').trim()}`,
    { cause: error, nextStep },
  );
}
