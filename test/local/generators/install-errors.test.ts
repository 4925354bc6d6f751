import { expect, it } from 'vitest';
import { ErrorName } from '#core/workflow/errors.ts';
import { installError } from '#local/generators/install-errors.ts';

/** As uv and pip say it. */
const SAYINGS: [string, RegExp, RegExp][] = [
  [
    'error: Failed to install: x.whl\n  Caused by: No space left on device (os error 28)',
    /disk is full/,
    /STEPBENCH_CACHE/,
  ],
  [
    'error: Failed to fetch: `x`\n  Caused by: dns error: failed to lookup address information',
    /does not answer/,
    /mirror/,
  ],
  [
    'error: Failed to download x\n  Caused by: error sending request for url (x): Connection refused',
    /does not answer/,
    /mirror/,
  ],
  ['error: Failed to fetch: x\n  Caused by: invalid peer certificate: UnknownIssuer', /certificate/, /SSL_CERT_FILE/],
  ['× Failed to download `zipp==4.1.2`\n  Hash mismatch for `zipp==4.1.2`', /not the one that was locked/, /index/],
  ['error: failed to create directory `/x`: Permission denied (os error 13)', /cannot be written/, /STEPBENCH_CACHE/],
  [
    'The virtual environment was not created successfully because ensurepip is not available.',
    /cannot make env/,
    /python3-venv/,
  ],
];

it.each(SAYINGS)('%j is told with the next step', (stderr, says, nextStep) => {
  const error = installError('AIPerf', { code: 1, stdout: '', stderr });
  expect(error.name).toBe(ErrorName.GeneratorFailed);
  expect(error.message).toMatch(says);
  expect(error.nextStep).toMatch(nextStep);
});

it('repeats what it does not know', () => {
  const error = installError('AIPerf', { code: 3, stdout: '', stderr: 'one\ntwo\nthree\nthe lock is from the future' });
  expect(error.message).toContain('ended with 3');
  expect(error.message).toContain('the lock is from the future');
});
