/**
 * Of every client. A function has 30 s at least: three tries of 8 s must fit in them, or the reason of a call that
 * hangs is lost in the function's own timeout.
 */
export const CLIENT_CONFIG = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 8_000, throwOnRequestTimeout: true },
} as const;
