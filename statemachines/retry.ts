import { Duration } from 'aws-cdk-lib';
import { Errors, JitterType, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';
import { type ErrorName, STORE_UNUSABLE } from '#core/workflow/errors.ts';
import type { RetryPolicy } from '#core/workflow/tasks.ts';

/**
 * call: 2, 4, 8, 16, 30, 30 s at most (full jitter): 90 s in all, past a throttle or a failover of the API.
 * release: 5, 10, 20, 40, 60, 60 ... s, 20 times: 18 minutes at most. A node that stays costs more than waiting.
 */
const POLICIES: Record<RetryPolicy, RetryProps> = {
  call: {
    interval: Duration.seconds(2),
    backoffRate: 2,
    maxAttempts: 6,
    maxDelay: Duration.seconds(30),
    jitterStrategy: JitterType.FULL,
  },
  release: {
    interval: Duration.seconds(5),
    backoffRate: 2,
    maxAttempts: 20,
    maxDelay: Duration.seconds(60),
    jitterStrategy: JitterType.FULL,
  },
};

/** 2 and 4 s: three tries, whatever the task. */
const STORE: RetryProps = {
  errors: [...STORE_UNUSABLE],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 2,
  jitterStrategy: JitterType.FULL,
};

/** The retriers of a task, in the order in which AWS looks at them: what no retry mends comes first. */
export const retries = (policy: RetryPolicy, never: readonly ErrorName[]): RetryProps[] => [
  ...(never.length > 0 ? [{ errors: [...never], maxAttempts: 0 }] : []),
  STORE,
  { errors: [Errors.ALL], ...POLICIES[policy] },
];
