/**
 * What kind of trouble an error below us is, by the names that AWS's services and Node use.
 *
 * Sources: "Common Errors" of the API references of S3, EC2, EKS, STS, Athena, Pricing, Service Quotas, SNS and
 * Step Functions; the SDK's own list of what it takes for throttling or transient.
 */
export type ErrorKind = 'throttled' | 'unavailable' | 'credentials' | 'denied' | 'refused';

const THROTTLED = [
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
];

const UNAVAILABLE = [
  'ConditionalRequestConflict',
  'InternalError',
  'InternalFailure',
  'InternalServerError',
  'InternalServerException',
  'OperationAborted',
  'RequestTimeout',
  'RequestTimeoutException',
  'ServerException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'TimeoutError',
  'Unavailable',
];

/** Codes of Node's sockets, its resolver and its streams. */
const CONNECTION_CODES = [
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ETIMEDOUT',
];

const CREDENTIALS = [
  'AuthFailure',
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'InvalidToken',
  'RequestExpired',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
];

const DENIED = [
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'AuthorizationErrorException',
  'Forbidden',
  'OptInRequired',
  'UnauthorizedOperation',
];

export const statusOf = (error: unknown): number | undefined => {
  const metadata = field(error, '$metadata');
  const status = field(metadata, 'httpStatusCode');
  return typeof status === 'number' ? status : undefined;
};

export function kindOf(error: unknown): ErrorKind {
  const names = [field(error, 'name'), field(error, 'Code'), field(error, 'code')];
  const isOne = (of: readonly string[]) => names.some((name) => typeof name === 'string' && of.includes(name));
  const status = statusOf(error);
  if (isOne(THROTTLED) || status === 429) return 'throttled';
  if (isOne(UNAVAILABLE) || isOne(CONNECTION_CODES) || (status ?? 0) >= 500) return 'unavailable';
  if (isOne(CREDENTIALS) || status === 401) return 'credentials';
  if (isOne(DENIED) || status === 403) return 'denied';
  return isCutShort(error) ? 'unavailable' : 'refused';
}

/** An answer that ended in the middle: what came of it cannot be parsed, or its stream says so. */
function isCutShort(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error instanceof SyntaxError || /^(aborted|terminated|socket hang up)$/.test(error.message);
}

const field = (of: unknown, name: string): unknown =>
  typeof of === 'object' && of !== null ? (of as Record<string, unknown>)[name] : undefined;
