import { AwsError, type AwsProblem } from '#core/stack/errors.ts';

/** Names of errors as the SDK, the credential providers and the services spell them. */
const PROBLEMS: Readonly<Record<string, AwsProblem>> = {
  CredentialsProviderError: 'credentials-missing',
  TokenProviderError: 'credentials-expired',
  ExpiredToken: 'credentials-expired',
  ExpiredTokenException: 'credentials-expired',
  RequestExpired: 'credentials-expired',
  // STS and the others call a key that is not valid (any more) differently.
  InvalidClientTokenId: 'credentials-missing',
  UnrecognizedClientException: 'credentials-missing',
  AuthFailure: 'credentials-missing',
  SignatureDoesNotMatch: 'credentials-missing',
  InvalidSignatureException: 'credentials-missing',
  AccessDenied: 'denied',
  AccessDeniedException: 'denied',
  UnauthorizedOperation: 'denied',
  OptInRequired: 'denied',
  Throttling: 'throttled',
  ThrottlingException: 'throttled',
  TooManyRequestsException: 'throttled',
  RequestLimitExceeded: 'throttled',
  ResourceNotFoundException: 'not-found',
  ExecutionDoesNotExist: 'not-found',
  StateMachineDoesNotExist: 'not-found',
  StateMachineDeleting: 'not-found',
  ConflictException: 'exists',
  ExecutionAlreadyExists: 'exists',
  ResourceInUseException: 'busy',
  ValidationException: 'invalid',
  TimeoutError: 'unreachable',
  NetworkingError: 'unreachable',
};

const UNREACHABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EPIPE']);

/** Whatever a call of the SDK threw, as one of the problems that people can do something about. */
export function asAwsError(thrown: unknown): AwsError {
  if (thrown instanceof AwsError) return thrown;
  const { name, message, code } = named(thrown);
  const problem = problemOf(name, message, code);
  return new AwsError(problem, message === '' ? name : message, { cause: thrown });
}

function problemOf(name: string, message: string, code: string): AwsProblem {
  if (message.startsWith('Region is missing')) return 'region-missing';
  // A session of IAM Identity Center that has run out is told by a provider, in words only.
  if (name === 'CredentialsProviderError' && /expired/i.test(message)) return 'credentials-expired';
  if (UNREACHABLE.has(code)) return 'unreachable';
  return PROBLEMS[name] ?? 'failed';
}

const named = (thrown: unknown): { name: string; message: string; code: string } => {
  if (!(thrown instanceof Error)) return { name: 'Error', message: String(thrown), code: '' };
  const { code } = thrown as { code?: unknown };
  return { name: thrown.name, message: thrown.message, code: typeof code === 'string' ? code : '' };
};

/** A client of the SDK, as far as its errors can be caught; each has types of its own for what goes in and comes out. */
interface WithMiddleware {
  middlewareStack: { add(middleware: never, options: never): void };
}

type Call = (args: unknown) => Promise<unknown>;

/** Every call of the client throws an AwsError, and nothing else. Outermost, so that credentials and regions are in it. */
export function throwingAwsErrors<T extends WithMiddleware>(client: T): T {
  const middleware = (next: Call) => async (args: unknown) => {
    try {
      return await next(args);
    } catch (error) {
      throw asAwsError(error);
    }
  };
  const outermost = { step: 'initialize', priority: 'high', name: 'stepbenchErrors', override: true };
  client.middlewareStack.add(middleware as never, outermost as never);
  return client;
}
