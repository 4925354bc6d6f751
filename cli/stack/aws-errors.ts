import type { AwsError, AwsProblem } from '#core/stack/errors.ts';
import { CliError, type ErrorCode } from '../errors.ts';

const CODES: Record<AwsProblem, ErrorCode> = {
  'credentials-missing': 'aws-credentials',
  'credentials-expired': 'aws-credentials',
  'region-missing': 'aws-region-missing',
  denied: 'aws-denied',
  throttled: 'aws-failed',
  unreachable: 'aws-unreachable',
  'not-found': 'aws-failed',
  exists: 'aws-failed',
  busy: 'aws-failed',
  invalid: 'aws-refused',
  'function-failed': 'aws-failed',
  failed: 'aws-failed',
};

const MESSAGES: Partial<Record<AwsProblem, string>> = {
  'credentials-missing': 'AWS does not take the credentials of this machine, or there are none',
  'credentials-expired': 'the credentials have expired',
  'region-missing': 'no AWS region is set',
};

const NEXT_STEPS: Partial<Record<AwsProblem, string>> = {
  'credentials-missing': 'Set AWS_PROFILE, or sign in: aws sso login. Nothing was started.',
  'credentials-expired': 'Sign in again: aws sso login. Nothing was started; what runs in AWS goes on.',
  'region-missing': 'Give --region us-east-1, or set AWS_REGION.',
  denied: 'Ask for the permission it names; README.md lists those that each command needs.',
  throttled: 'Try again in a minute.',
  unreachable: 'Look at the network, the proxy, and the region.',
};

/** What went wrong between this machine and AWS, for people, with AWS's own words. */
export function awsCliError(error: AwsError): CliError {
  const { problem, message } = error;
  const ours = MESSAGES[problem];
  const nextStep = NEXT_STEPS[problem];
  const text = [ours, message].filter((part) => part !== undefined && part !== '').join(': ');
  return new CliError(CODES[problem], text, { ...(nextStep === undefined ? {} : { nextStep }), cause: error });
}
