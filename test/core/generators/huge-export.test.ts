import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const PROGRAM = join(import.meta.dirname, 'programs', 'parse-huge.ts');
const MEGABYTES = 100;
/** Of JavaScript's heap: less than a tenth of what is parsed. */
const HEAP_MB = 24;

it.each(['aiperf', 'genai-perf'])(
  'an export of all requests of %s is parsed in memory that does not grow with it',
  async (name) => {
    const args = [`--max-old-space-size=${HEAP_MB}`, PROGRAM, name];
    const parse = async (megabytes: number) =>
      JSON.parse((await promisify(execFile)(process.execPath, [...args, String(megabytes)])).stdout);
    const [small, huge] = [await parse(1), await parse(MEGABYTES)];
    expect(huge.exportedMb).toBeGreaterThanOrEqual(MEGABYTES);
    expect(huge.requests).toBeGreaterThan(20_000);
    expect(huge.parsed).toBe(huge.requests);
    expect(huge.peakMb - small.peakMb).toBeLessThan(MEGABYTES / 2);
  },
);
