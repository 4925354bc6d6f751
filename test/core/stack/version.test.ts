import { expect, test } from 'vitest';
import { VERSION } from '#core/stack/version.ts';
import manifest from '../../../package.json' with { type: 'json' };

test('the version that stack and command line compare is that of the package', () => {
  expect(VERSION).toBe(manifest.version);
});
