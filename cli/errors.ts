import type { Problem } from '#core/matrix/problems.ts';
import { ExitCode } from './exit-codes.ts';

/** Whose turn it is: of the one who typed the command, of whoever keeps this machine, or of those who wrote StepBench. */
export type Fault = 'yours' | 'machine' | 'run' | 'ours';

/** Everything that the command line may say went wrong: a closed set, so that programs may tell the cases apart. */
export const ERROR_CODES = {
  'bad-usage': 'yours',
  /** Ctrl-C before there was anything to stop. */
  interrupted: 'yours',
  'matrix-missing': 'yours',
  'matrix-not-a-file': 'yours',
  'matrix-unreadable': 'yours',
  'matrix-too-large': 'yours',
  'matrix-not-json': 'yours',
  'matrix-invalid': 'yours',
  'over-budget': 'yours',
  'price-unknown': 'yours',
  /** AWS does not know who asks, or not any more. */
  'aws-credentials': 'yours',
  'aws-region-missing': 'yours',
  'aws-denied': 'yours',
  /** What was asked for is none of what AWS takes. */
  'aws-refused': 'yours',
  'stack-unknown': 'yours',
  'stack-not-ours': 'yours',
  'stack-unfinished': 'yours',
  'stack-other-version': 'yours',
  'not-bootstrapped': 'yours',
  'over-quota': 'yours',
  'instance-type-not-offered': 'yours',
  'cluster-not-ours': 'yours',
  'region-mismatch': 'yours',
  'too-few-zones': 'yours',
  /** It costs money, or takes something away, and nobody said yes. */
  'not-confirmed': 'yours',
  'schedule-exists': 'yours',
  'schedule-unknown': 'yours',
  /** A server that runs already cannot be measured as it was asked for. */
  'endpoint-refused': 'yours',
  'endpoint-header-missing': 'yours',
  'run-id-bad': 'yours',
  'run-exists': 'yours',
  'run-unknown': 'yours',
  'run-active': 'yours',
  'no-runs': 'yours',
  'store-unknown': 'yours',
  'store-other-version': 'yours',
  /** Something in it is not what StepBench writes. */
  'store-broken': 'yours',
  'question-unknown': 'yours',
  'parameter-bad': 'yours',
  'parameter-missing': 'yours',
  'store-failed': 'machine',
  'store-full': 'machine',
  'store-denied': 'yours',
  /** What was to be told could not be written, as to a file on a full disk. */
  'output-lost': 'machine',
  /** Full, or not to be written. */
  'temporary-folder-unusable': 'machine',
  'generator-missing': 'machine',
  'browser-missing': 'machine',
  'aws-unreachable': 'machine',
  'aws-failed': 'machine',
  'deploy-failed': 'machine',
  'run-failed': 'run',
  'not-released': 'run',
  'query-failed': 'ours',
  internal: 'ours',
} as const satisfies Record<string, Fault>;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface CliErrorDetails {
  /** The file, the option or the run that it is about. */
  where?: string;
  /** What to do about it. */
  nextStep?: string;
  /** The lines of the file around the mistake, marked. */
  excerpt?: readonly string[];
  problems?: readonly Problem[];
  cause?: unknown;
}

/** An error for people: what is wrong, where, and what to do next. */
export class CliError extends Error {
  readonly code: ErrorCode;
  readonly details: CliErrorDetails;

  constructor(code: ErrorCode, message: string, details: CliErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'CliError';
    this.code = code;
    this.details = details;
  }

  get fault(): Fault {
    return ERROR_CODES[this.code];
  }

  get exitCode(): ExitCode {
    if (this.code === 'interrupted') return ExitCode.Interrupted;
    return this.fault === 'yours' ? ExitCode.BadInput : ExitCode.Failed;
  }
}
