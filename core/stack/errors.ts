/** What can be wrong between this machine and an AWS account, as people have to tell it apart. */
export type AwsProblem =
  | 'credentials-missing'
  | 'credentials-expired'
  | 'region-missing'
  /** The caller may not do it. */
  | 'denied'
  | 'throttled'
  | 'unreachable'
  | 'not-found'
  | 'exists'
  /** It is being made, changed or deleted: later. */
  | 'busy'
  /** What was asked is no valid request: a cron expression that is none, a time zone that does not exist. */
  | 'invalid'
  /** The function was called, and threw. */
  | 'function-failed'
  | 'failed';

export class AwsError extends Error {
  readonly problem: AwsProblem;

  constructor(problem: AwsProblem, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'AwsError';
    this.problem = problem;
  }
}

export const isAwsProblem = (error: unknown, problem: AwsProblem): error is AwsError =>
  error instanceof AwsError && error.problem === problem;
