import { AwsError } from '#core/stack/errors.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { CliError, type CliErrorDetails, type ErrorCode } from './errors.ts';
import { awsCliError } from './stack/aws-errors.ts';

/** What the names of the machine's errors mean to someone at the command line; any other is a run that failed. */
const CODES: Partial<Record<string, ErrorCode>> = {
  [ErrorName.InvalidMatrix]: 'matrix-invalid',
  [ErrorName.BudgetExceeded]: 'over-budget',
  [ErrorName.UnknownPrice]: 'price-unknown',
  [ErrorName.RunAlreadyActive]: 'run-active',
  [ErrorName.SchemaVersion]: 'store-other-version',
  [ErrorName.ArtifactsInvalid]: 'store-broken',
  [ErrorName.StoreBroken]: 'store-broken',
  [ErrorName.StoreFailed]: 'store-failed',
  [ErrorName.StoreFull]: 'store-full',
  [ErrorName.StoreDenied]: 'store-denied',
  [ErrorName.WorkFolderFailed]: 'temporary-folder-unusable',
  [ErrorName.QueryFailed]: 'query-failed',
  [ErrorName.ReleaseFailed]: 'not-released',
};

/** A row and a plan are written once, and what is in the tables is made from rows. */
const BROKEN = 'Something else changed it. Move the run’s folder away and measure it again; the other runs are whole.';

const NEXT_STEPS: Partial<Record<ErrorCode, string>> = {
  'store-broken': BROKEN,
  internal: 'This is a mistake in StepBench. STEPBENCH_DEBUG=1 shows where it happened: please report it.',
};

/** An error of the machine, by its name, as an error of the command line. */
export function namedError(name: string, message: string, details: CliErrorDetails = {}): CliError {
  const code = CODES[name] ?? 'run-failed';
  const nextStep = details.nextStep ?? NEXT_STEPS[code];
  return new CliError(code, message || name, { ...details, ...(nextStep === undefined ? {} : { nextStep }) });
}

/** Whatever was thrown, as an error for people. */
export function asCliError(thrown: unknown): CliError {
  if (thrown instanceof CliError) return thrown;
  if (thrown instanceof AwsError) return awsCliError(thrown);
  if (thrown instanceof StepBenchError) {
    const { nextStep, message } = thrown;
    // The message ends in the next step already.
    const what =
      nextStep !== undefined && message.endsWith(nextStep) ? message.slice(0, -nextStep.length).trim() : message;
    return namedError(thrown.name, what, { cause: thrown, ...(nextStep === undefined ? {} : { nextStep }) });
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new CliError('internal', message, { nextStep: NEXT_STEPS.internal!, cause: thrown });
}
