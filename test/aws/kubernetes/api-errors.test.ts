import { expect, it } from 'vitest';
import { ApiError, fromKubernetes, NoAnswerError } from '#aws/kubernetes/api-errors.ts';
import { isRefusal } from '#core/workflow/errors.ts';

const answered = (code: number, details: object = {}) =>
  new ApiError(code, JSON.stringify({ kind: 'Status', message: 'no', details }), undefined);
const terminating = { causes: [{ reason: 'NamespaceTerminating' }] };

/** A cluster may be deleted for a refusal that lasts: nothing else may look like one. */
it.each<[string, Error, string, boolean]>([
  ['401, who asks is not known', answered(401), 'Retryable', true],
  ['403, who asks has no right', answered(403), 'ClusterFailed', true],
  ['403, the namespace is being deleted', answered(403, terminating), 'Retryable', false],
  ['404', answered(404), 'Retryable', false],
  ['409', answered(409), 'Conflict', false],
  ['422', answered(422), 'ClusterFailed', false],
  ['429', answered(429), 'Retryable', false],
  ['500', answered(500), 'Retryable', false],
  ['503', answered(503), 'Retryable', false],
  ['no answer in time', new NoAnswerError(10_000), 'Retryable', false],
  ['a certificate that is none', new Error('self-signed certificate'), 'ClusterFailed', false],
  ['a page of a proxy that says 401 in words', new SyntaxError('Unexpected token <, "<html>401"'), 'Retryable', false],
])('tells a refusal from whatever else may come, and what passes from what does not: %s', (_what, error, name, is) => {
  const told = fromKubernetes(error, { verb: 'list', what: 'NodePool' });
  expect([told.name, isRefusal(told)]).toEqual([name, is]);
});
