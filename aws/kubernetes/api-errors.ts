import { ConflictError, ErrorName, RefusedError, StepBenchError } from '#core/workflow/errors.ts';
import { redact } from '../errors/redact.ts';

/** What the API server says of an error; of `meta/v1` Status, the fields that are read here. */
export interface ApiStatus {
  reason?: string;
  message?: string;
  details?: { name?: string; kind?: string; causes?: { reason?: string; field?: string; message?: string }[] };
}

/** An answer other than 2xx. */
export class ApiError extends Error {
  readonly code: number;
  /** Undefined when the answer was no Status: of a proxy, or for a path that nothing serves. */
  readonly status: ApiStatus | undefined;
  /** `Retry-After`, when it was given in seconds. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: number, body: string, retryAfter: string | undefined) {
    const status = statusIn(body);
    super(status?.message ?? body.slice(0, 200));
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
    this.retryAfterSeconds = retryAfter !== undefined && /^\d+$/.test(retryAfter) ? Number(retryAfter) : undefined;
  }
}

/** The answer did not come in time, or not to its end. */
export class NoAnswerError extends Error {
  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds} ms`);
    this.name = 'NoAnswerError';
  }
}

function statusIn(body: string): ApiStatus | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return (parsed as { kind?: string } | null)?.kind === 'Status' ? (parsed as ApiStatus) : undefined;
  } catch {
    return undefined;
  }
}

/** The object itself is not there, as opposed to its kind, its namespace, or the whole path. */
export const isObjectMissing = (error: unknown, name: string): boolean =>
  error instanceof ApiError && error.code === 404 && error.status?.details?.name === name;

/** Trouble that passes: throttling, a server that fails or restarts, a connection that broke, an answer cut short. */
export const isPassing = (error: unknown): boolean =>
  error instanceof ApiError ? error.code === 429 || error.code >= 500 : isConnection(error);

const CONNECTION_CODES =
  /^(EAI_AGAIN|ECONN\w+|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EPIPE|ETIMEDOUT|UND_ERR_(SOCKET|CONNECT_TIMEOUT|HEADERS_TIMEOUT|BODY_TIMEOUT))$/;

function isConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // JSON that ends in the middle: the answer was cut short behind a proxy that closed it well.
  if (error instanceof NoAnswerError || error instanceof SyntaxError) return true;
  const { code } = error as { code?: unknown };
  return (typeof code === 'string' && CONNECTION_CODES.test(code)) || isConnection(error.cause);
}

export interface ApiCall {
  verb: 'apply' | 'get' | 'list' | 'delete';
  /** `Job engine-x`, `NodePool`: what the verb is about. */
  what: string;
}

const NO_RIGHT =
  'The group that this function belongs to lacks that right: let ProvisionCluster bring the access of the cluster up to date, or ask who manages it.';

/** @returns one of the closed set; what is ours already passes as it is. */
export function fromKubernetes(error: unknown, { verb, what }: ApiCall): StepBenchError {
  if (error instanceof StepBenchError) return error;
  const said = redact(saidBy(error));
  // Not the error itself: it may hold the request, and the request the token.
  const cause = new Error(said);
  const failed = (name: ErrorName, words: string, nextStep?: string, Kind = StepBenchError) =>
    new Kind(name, `Kubernetes ${words} (${verb} ${what}): ${said}`, {
      cause,
      ...(nextStep === undefined ? {} : { nextStep }),
    });
  if (isPassing(error)) return failed(ErrorName.Retryable, 'did not answer as it should');
  if (!(error instanceof ApiError)) return failed(ErrorName.ClusterFailed, 'cannot be reached');
  switch (error.code) {
    case 401:
      // So for a minute after an access entry was made, too.
      return failed(ErrorName.Retryable, 'does not know this function', undefined, RefusedError);
    case 403:
      return hasCause(error, /^NamespaceTerminating$/)
        ? failed(ErrorName.Retryable, 'is still deleting the namespace')
        : failed(ErrorName.ClusterFailed, 'does not allow this function to', NO_RIGHT, RefusedError);
    case 404:
      return failed(ErrorName.Retryable, 'has not what this needs yet');
    case 409:
      return new ConflictError(`${what} was not changed: ${said}`, { cause });
    case 422:
      if (/immutable/.test(error.message)) {
        return new ConflictError(`${what} was not changed: ${fields(error)} cannot be changed any more.`, { cause });
      }
  }
  return failed(ErrorName.ClusterFailed, 'refused');
}

/** Of what is thrown here: the cluster knows who asks, and says no. So for a minute after an access entry, too. */
export const isForbidden = (error: unknown): boolean =>
  error instanceof StepBenchError && error.cause instanceof Error && error.cause.message.startsWith('403 ');

const hasCause = ({ status }: ApiError, reason: RegExp): boolean =>
  status?.details?.causes?.some((one) => reason.test(one.reason ?? '')) ?? false;

/** The message itself repeats the whole field: all of a Job's template. */
const fields = ({ status }: ApiError): string =>
  status?.details?.causes?.map((one) => one.field).join(', ') || 'a field of it';

function saidBy(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const below = error.cause instanceof Error && error.message === 'fetch failed' ? error.cause : error;
  const message = below.message.trim().slice(0, 600);
  return below instanceof ApiError ? `${below.code} ${message}` : message || below.name;
}
