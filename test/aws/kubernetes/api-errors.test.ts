import { expect, it } from 'vitest';
import { ApiError, fromKubernetes, NoAnswerError } from '#aws/kubernetes/api-errors.ts';
import { isRefusal } from '#core/workflow/errors.ts';

const answered = (code: number, details: object = {}) =>
  new ApiError(code, JSON.stringify({ kind: 'Status', message: 'no', details }), undefined);
const terminating = { causes: [{ reason: 'NamespaceTerminating' }] };

/** A cluster may be deleted for a refusal that lasts: nothing else may look like one. */
it.each<[string, Error, boolean]>([
  ['401, who asks is not known', answered(401), true],
  ['403, who asks has no right', answered(403), true],
  ['403, the namespace is being deleted', answered(403, terminating), false],
  ['404', answered(404), false],
  ['409', answered(409), false],
  ['422', answered(422), false],
  ['429', answered(429), false],
  ['500', answered(500), false],
  ['503', answered(503), false],
  ['no answer in time', new NoAnswerError(10_000), false],
  ['a certificate that is none', new Error('self-signed certificate'), false],
  ['a page of a proxy that says 401 in words', new SyntaxError('Unexpected token <, "<html>401"'), false],
])('tells a refusal from whatever else may come: %s', (_what, error, is) => {
  expect(isRefusal(fromKubernetes(error, { verb: 'list', what: 'NodePool' }))).toBe(is);
});
