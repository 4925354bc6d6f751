import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { underLoadScript } from '#core/generators/load-script.ts';
import { timeLimits } from '#core/generators/time-limits.ts';

describe('the load script', () => {
  const wrap = (args: string[]) =>
    underLoadScript({ command: ['aiperf', 'profile'], args, env: { A: '1' }, unset: ['HF_HUB_OFFLINE'] }, 300);

  it('is the same text whatever is asked, which arrives as arguments', () => {
    const plain = wrap([]);
    fc.assert(
      fc.property(fc.array(fc.string()), (args) => {
        const { command, args: given } = wrap(args);
        expect(command).toEqual(plain.command);
        expect(given.slice(given.indexOf('--') + 1)).toEqual(['aiperf', 'profile', ...args]);
      }),
    );
  });

  it('has nothing in it that a kubelet would expand', () => {
    expect(wrap([]).command.join(' ')).not.toContain('$(');
  });

  it('resets a cache and looks at GPUs where it is told to, and expands nothing in what it is told', () => {
    const generator = { command: ['aiperf'], args: [], env: { A: '1' }, unset: [] };
    expect(underLoadScript(generator, 300).env).toEqual({ A: '1' });
    expect(
      underLoadScript(generator, 300, { resetsPrefixCache: true, gpuMetricsUrl: 'http://10.0.0.1:9400/$(A)' }).env,
    ).toEqual({ A: '1', STEPBENCH_RESET_PREFIX_CACHE: '1', STEPBENCH_GPU_METRICS_URL: 'http://10.0.0.1:9400/$$(A)' });
  });
});

describe('the time limits of a cell', () => {
  it('leave time to write and upload, and end a hanging request before the generator', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 20_000 }), (timeoutSeconds) => {
        const { generatorSeconds, graceSeconds, requestSeconds } = timeLimits(timeoutSeconds);
        // The generator's end takes its grace and two seconds more.
        expect(generatorSeconds + graceSeconds + 2).toBeLessThan(timeoutSeconds);
        expect(2 * requestSeconds).toBeLessThan(generatorSeconds);
      }),
    );
  });
});
