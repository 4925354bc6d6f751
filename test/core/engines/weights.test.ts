import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelHash, stagedKey, weightsOf, weightsPrefix } from '#core/engines/weights.ts';

describe('where a model’s weights are', () => {
  it('is one folder of the bucket for each model, under a name that a Job may bear', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (model, other) => {
        expect(modelHash(model)).toMatch(/^[0-9a-f]{12}$/);
        expect(stagedKey(model).startsWith(weightsPrefix(model))).toBe(true);
        if (model !== other) expect(weightsPrefix(model).startsWith(weightsPrefix(other))).toBe(false);
      }),
    );
    // What stands in a bucket already must be found again.
    expect(weightsPrefix('openai/gpt-oss-20b')).toBe('models/a741d960ae90/');
  });

  it('is what the engine is told, and with the hub nothing but the hub', () => {
    const [uri, model] = [`s3://bucket/${weightsPrefix('a/b')}`, 'a/b'];
    expect(weightsOf('bucket', model, 'bucket')).toEqual({ from: 'bucket', uri });
    expect(weightsOf('hub', model, 'bucket')).toEqual({ from: 'hub' });
  });
});
