import { describe, expect, it } from 'vitest';
import { endpointUrl } from '#core/engines/endpoint.ts';
import { ErrorName } from '#core/workflow/errors.ts';

describe("the user's own endpoint", () => {
  it.each([
    [['--url', 'http://gpu:8000'], 'http://gpu:8000'],
    [['--url=https://api.example.com/v1/'], 'https://api.example.com'],
    [['--other', '--url', 'http://gpu/llm/v1'], 'http://gpu/llm'],
    [['--url=http://gpu/a=b'], 'http://gpu/a=b'],
  ])('%j is at %s', (engineArguments, url) => {
    expect(endpointUrl(engineArguments)).toBe(url);
  });

  it.each([[[]], [['--url']], [['--url', 'gpu:8000']], [['--url', 'file:///etc/passwd']]])(
    '%j is refused with what to write',
    (engineArguments) => {
      expect(() => endpointUrl(engineArguments)).toThrowError(
        expect.objectContaining({
          name: ErrorName.InvalidMatrix,
          message: expect.stringContaining('["--url", "http://'),
        }),
      );
    },
  );
});
