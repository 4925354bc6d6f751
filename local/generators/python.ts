import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { runCommand } from './command.ts';

export interface Python {
  /** Of the interpreter itself, not of a shim that may stand before it. */
  path: string;
  version: string;
}

/** AIPerf 0.13.0's own bounds (requires-python >=3.11,<3.14). */
const OLDEST_MINOR = 11;
const NEWEST_MINOR = 13;

const CANDIDATES = ['python3.12', 'python3.11', 'python3.13', 'python3', 'python'];
const ASK = 'import sys; print(sys.executable); print("%d.%d.%d" % sys.version_info[:3])';

/**
 * The first Python on the PATH that AIPerf runs on, or STEPBENCH_PYTHON and nothing else. Each is asked, not
 * believed by its name: version managers leave names on the PATH behind which there is nothing.
 * @throws StepBenchError GeneratorFailed, which says what was found.
 */
export async function findPython(environment: NodeJS.ProcessEnv = process.env): Promise<Python> {
  const chosen = environment.STEPBENCH_PYTHON;
  const found: string[] = [];
  for (const candidate of chosen === undefined || chosen === '' ? CANDIDATES : [chosen]) {
    const { code, stdout } = await runCommand(candidate, ['-I', '-c', ASK], { timeoutSeconds: 20, environment });
    const [path, version] = stdout.trim().split(/\r?\n/);
    if (code !== 0 || path === undefined || version === undefined) continue;
    if (isSupported(version)) return { path, version };
    found.push(`${candidate} is ${version}`);
  }
  const seen = found.length > 0 ? ` (${found.join(', ')})` : chosen ? ` (${chosen} does not answer)` : '';
  throw new StepBenchError(
    ErrorName.GeneratorFailed,
    `The load generator needs Python 3.${OLDEST_MINOR} to 3.${NEWEST_MINOR}, and there is none${seen}.`,
    { nextStep: 'Install one, or name one in STEPBENCH_PYTHON, and start again.' },
  );
}

function isSupported(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  return major === 3 && minor !== undefined && minor >= OLDEST_MINOR && minor <= NEWEST_MINOR;
}
