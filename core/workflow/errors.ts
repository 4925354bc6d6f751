/**
 * The names that cross the boundary between tasks and the state machine. The machine's Retry and Catch
 * import them from here; nothing else may be thrown across it on purpose.
 */
export const ErrorName = {
  /** The user's: the matrix, or what it asks for, cannot be. */
  InvalidMatrix: 'InvalidMatrix',
  BudgetExceeded: 'BudgetExceeded',
  RunAlreadyActive: 'RunAlreadyActive',
  /** A delivery that came after its run, or its deployment, had been let go of. */
  RunEnded: 'RunEnded',
  UnknownPrice: 'UnknownPrice',
  SchemaVersion: 'SchemaVersion',
  /** What was measured, or could not be. */
  NoCapacity: 'NoCapacity',
  EngineFailed: 'EngineFailed',
  GeneratorFailed: 'GeneratorFailed',
  DeadlinePassed: 'DeadlinePassed',
  ArtifactsMissing: 'ArtifactsMissing',
  ArtifactsInvalid: 'ArtifactsInvalid',
  NothingMeasured: 'NothingMeasured',
  /** The run ended before this cell's turn came. */
  NotReached: 'NotReached',
  /** The run was told to stop, before this cell's turn came. */
  Interrupted: 'Interrupted',
  /** Ours, or the cloud's. */
  ClusterFailed: 'ClusterFailed',
  ReleaseFailed: 'ReleaseFailed',
  QueryFailed: 'QueryFailed',
  /** The store cannot be written or read. */
  StoreFailed: 'StoreFailed',
  /** Its disk, or the user's share of it, is full. */
  StoreFull: 'StoreFull',
  /** Something in it is not what StepBench writes, of whatever version. */
  StoreBroken: 'StoreBroken',
  /** It may not be touched: of somebody else, or read-only. */
  StoreDenied: 'StoreDenied',
  /** This machine's folder for temporary files cannot be used. */
  WorkFolderFailed: 'WorkFolderFailed',
  /** A service of AWS that the task cannot do without says no, and will say it again. */
  ServiceRefused: 'ServiceRefused',
  Conflict: 'Conflict',
  PreconditionFailed: 'PreconditionFailed',
  /** The service asks to come again later: throttling, a 5xx, an object still being deleted. */
  Retryable: 'Retryable',
} as const;

export type ErrorName = (typeof ErrorName)[keyof typeof ErrorName];

/**
 * A store that nobody can write to until a person has done something about it. A retry or two are for space that is
 * being freed at this moment; to go on measuring would be to pay for what nobody can keep.
 */
export const STORE_UNUSABLE = [ErrorName.StoreFull, ErrorName.StoreDenied] as const;

export const isStoreUnusable = (error: unknown): boolean =>
  error instanceof Error && (STORE_UNUSABLE as readonly string[]).includes(error.name);

/** An error with a name that the state machine knows. `nextStep` tells people what to do about it. */
export class StepBenchError extends Error {
  readonly nextStep: string | undefined;

  constructor(name: ErrorName, message: string, options: { cause?: unknown; nextStep?: string } = {}) {
    super(options.nextStep === undefined ? message : `${message} ${options.nextStep}`, { cause: options.cause });
    this.name = name;
    this.nextStep = options.nextStep;
  }
}

export const isError = (error: unknown, name: ErrorName): error is StepBenchError =>
  error instanceof Error && error.name === name;

/** An object changed under us, an immutable field would change, or the old object is still being deleted. */
export class ConflictError extends StepBenchError {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(ErrorName.Conflict, message, options);
  }
}

export class PreconditionFailedError extends StepBenchError {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(ErrorName.PreconditionFailed, message, options);
  }
}

export class UnknownPriceError extends StepBenchError {
  constructor(message: string, options: { cause?: unknown; nextStep?: string } = {}) {
    super(ErrorName.UnknownPrice, message, options);
  }
}

/**
 * Who asks is not known to the cluster, or has no right there: HTTP 401 and 403. So for a minute after an access entry
 * was made, too; what lasts is no lag. Told apart from trouble that passes, and from a server that cannot be reached.
 */
export class RefusedError extends StepBenchError {}

export const isRefusal = (error: unknown): error is RefusedError => error instanceof RefusedError;
