import { ErrorName, StepBenchError } from '../workflow/errors.ts';
import { type ArtifactFiles, ArtifactName, ExitCode, readExitCode, readText } from './artifacts.ts';

/** How a generator ended, for those who must say why there is no result. */
export interface Ending {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

export async function readEnding(files: ArtifactFiles): Promise<Ending> {
  const [exitCode, stdout, stderr] = await Promise.all([
    readExitCode(files),
    readText(files, ArtifactName.stdout),
    readText(files, ArtifactName.stderr),
  ]);
  return { exitCode, stdout: stdout ?? '', stderr: stderr ?? '' };
}

/** The last lines of a log that say something, on one line; boxes and escape sequences of terminals left out. */
export function tail(log: string, count = 3): string {
  return (
    log
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what terminals are told is what must go
      .replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
      .replaceAll(/[─-╿]/g, ' ')
      .split(/[\r\n]+/)
      .map((line) => line.replaceAll(/\s+/g, ' ').trim())
      .filter((line) => line !== '')
      .slice(-count)
      .join(' | ')
      .slice(-600)
  );
}

/** The line of a traceback, or of a usage message, that says what is wrong; else the last ones. */
export function lastError(log: string): string {
  const naming = log.split(/[\r\n]+/).filter((line) => /^[\s│]*[\w.]*(Error|Exception|error): \S/.test(line));
  return tail(naming.at(-1) ?? log);
}

/** The error of a run without a result: `reason` is what the generator itself said, when it said anything. */
export function withoutResult(
  name: string,
  ending: Ending,
  reason: string | undefined,
  nextStep?: string,
): StepBenchError {
  const said = reason === undefined || reason === '' ? '' : `: ${reason}`;
  switch (ending.exitCode) {
    case undefined:
      return new StepBenchError(
        ErrorName.ArtifactsMissing,
        `The load Job left neither a result of ${name} nor an exit code${said}.`,
        { nextStep: 'It was killed before its end: look at the events of its pod (memory, node, deadline).' },
      );
    case 0:
      return new StepBenchError(ErrorName.ArtifactsMissing, `${name} ended well but wrote no result${said}.`);
    case ExitCode.timeLimit:
      return new StepBenchError(
        ErrorName.GeneratorFailed,
        `${name} was not done when the cell's time was over${said}.`,
        {
          nextStep:
            "Ask for fewer requests or give the cell more time; if no request came back, look at the engine's log.",
        },
      );
    case ExitCode.notInstalled:
      return new StepBenchError(ErrorName.GeneratorFailed, `${name} could not be started${said}.`);
    case ExitCode.stopped:
      return new StepBenchError(ErrorName.GeneratorFailed, `${name} was told to stop before its end${said}.`);
    default:
      return new StepBenchError(
        ErrorName.GeneratorFailed,
        `${name} ended with exit code ${ending.exitCode}${said}.`,
        nextStep === undefined ? {} : { nextStep },
      );
  }
}
