import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestTimes } from '#core/generators/genai-perf/request-times.ts';
import { chunks } from '../fixture-files.ts';

const request = fc.record({
  timestamp: fc.bigInt({ min: 1_700_000_000_000_000_000n, max: 1_900_000_000_000_000_000n }),
  stamps: fc.array(fc.bigInt({ min: 1_700_000_000_000_000_000n, max: 1_900_000_000_000_000_000n }), { maxLength: 4 }),
  // What a prompt may say to look like the export itself.
  prompt: fc.oneof(
    fc.string(),
    fc.constant('"timestamp":1,"response_timestamps":[1,2]'),
    fc.constant('é"timestamp": 5'),
  ),
});

describe('the times of an export', () => {
  it('are those of its requests wherever it is cut, whatever the prompts say', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(request, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 300 }),
        async (all, size) => {
          const requests = all.map(
            ({ timestamp, stamps, prompt }) =>
              `{"timestamp":${timestamp},"request_inputs":{"payload":${JSON.stringify(JSON.stringify({ prompt }))}},"response_timestamps":[${stamps.join(',')}],"response_outputs":[]}`,
          );
          const text = `{"experiments":[{"experiment":{"mode":"concurrency"},"requests":[${requests.join(',')}]}]}`;
          const times = await requestTimes(chunks(new TextEncoder().encode(text), size), 'export');
          expect(times.requests).toBe(all.length);
          expect(times.firstSentMs).toBe(Math.min(...all.map(({ timestamp }) => Number(timestamp) / 1e6)));
          expect(times.lastReceivedMs).toBe(
            Math.max(...all.flatMap(({ stamps }) => stamps).map((stamp) => Number(stamp) / 1e6)),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('are refused when a list of them never ends, before it fills the memory', async () => {
    let made = 0;
    async function* endless() {
      yield new TextEncoder().encode('{"response_timestamps":[');
      for (;;) {
        made += 1024;
        yield new Uint8Array(1024).fill(49);
      }
    }
    await expect(requestTimes(endless(), 'export', 64 * 1024)).rejects.toMatchObject({ name: 'ArtifactsInvalid' });
    expect(made).toBeLessThan(128 * 1024);
  });
});
