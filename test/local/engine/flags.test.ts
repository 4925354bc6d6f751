import { describe, expect, it } from 'vitest';
import { FlagError } from '#local/engine/flag-reader.ts';
import { parseFlags } from '#local/engine/flags.ts';
import { profileFor } from '#local/engine/model/profiles.ts';

const options = (line: string) => {
  const parsed = parseFlags(line.split(' ').filter((word) => word !== ''));
  if (parsed === 'help') throw new Error('help');
  return parsed.options;
};

describe('the command line', () => {
  it('takes the command of a real vLLM', () => {
    const parsed = parseFlags(
      (
        'serve openai/gpt-oss-20b --tensor-parallel-size 4 --max-model-len 4096 --gpu-memory-utilization 0.90 ' +
        '--max-num-seqs 128 --no-enable-prefix-caching --attention-backend TRITON_ATTN --host 0.0.0.0 --port 8000 ' +
        '--instance-type g5.12xlarge'
      ).split(' '),
    );
    if (parsed === 'help') throw new Error('help');
    expect(parsed.options).toMatchObject({
      model: 'openai/gpt-oss-20b',
      servedModelName: 'openai/gpt-oss-20b',
      maxModelLen: 4096,
      port: 8000,
      prefixCaching: false,
    });
    expect(parsed.options.profile.source).toBe('seed');
    expect(parsed.options.profile.capacity.maxNumSeqs).toBe(128);
    expect(parsed.withoutEffect.sort()).toEqual(['attention-backend', 'gpu-memory-utilization']);
  });

  it("takes vLLM's other spellings, and of a flag given twice the last", () => {
    const { profile, port } = options('a --instance-type=g5.12xlarge -tp 4 --max_num_seqs=9 --port 8000 --port 0');
    expect(profile.provenance).toContain('4 x A10G');
    expect(profile.capacity.maxNumSeqs).toBe(9);
    expect(port).toBe(0);
  });

  it('knows weights in a bucket by the name that they are served under', () => {
    const served = '--served-model-name openai/gpt-oss-20b --instance-type g5.12xlarge --tensor-parallel-size 4';
    expect(options(`s3://bucket/weights ${served}`).profile.source).toBe('seed');
  });

  it('keeps a measured slowdown where it was measured when max-num-seqs is another', () => {
    const measured = profileFor({ instanceType: 'g5.12xlarge', tensorParallel: 4, model: 'openai/gpt-oss-20b' });
    const { profile } = options('--instance-type g5.12xlarge --tensor-parallel-size 4 --max-num-seqs 64');
    expect(profile.latency).toEqual(measured.latency);
  });

  it('lets typed-in times win, and says that they were typed in', () => {
    const { profile } = options(
      '--instance-type g5.12xlarge --tensor-parallel-size 4 --time-to-first-token 1.5s --inter-token-latency 20 --time-factor-under-load 3 --max-num-seqs 32',
    );
    expect(profile.latency).toMatchObject({
      timeToFirstTokenMs: 1500,
      interTokenLatencyMs: 20,
      timeFactorUnderLoad: 3,
      loadReferenceSeqs: 32,
    });
    expect(profile.source).toBe('custom');
    expect(profile.provenance).toContain('typed in over: fitted');
  });

  it('reads faults', () => {
    expect(
      options('--failure-injection-rate 25 --failure-types rate_limit,server_error --exit-after 1m --never-healthy')
        .faults,
    ).toMatchObject({
      failureInjectionRate: 25,
      failureTypes: ['rate_limit', 'server_error'],
      exitAfterMs: 60_000,
      neverHealthy: true,
    });
  });

  it.each([
    ['--prot 8000', /--prot is no flag of the simulator, nor one of vllm serve/],
    ['--port 80000', /--port must be a whole number from 0 to 65535, not 80000/],
    ['--port', /--port/],
    ['--startup-duration soon', /--startup-duration must be a duration such as 250ms or 2s, not soon/],
    ['--time-scale 0', /--time-scale/],
    ['--time-factor-under-load 0.5', /--time-factor-under-load/],
    ['--failure-injection-rate 101', /--failure-injection-rate/],
    ['--failure-types rate_limit,fire', /fire is none of rate_limit/],
    ['--stream-fault explode', /explode is none of cut, stall/],
    ['--instance-type m5.large', /m5\.large/],
    ['serve a/model and-another', /and-another/],
    ['--tensor-parallel-size 0', /--tensor-parallel-size/],
  ])('refuses %s', (line, message) => {
    expect(() => options(line)).toThrow(FlagError);
    expect(() => options(line)).toThrow(message);
  });
});
