import { describe, expect, it } from 'vitest';
import { VLLM_COUNTERS, VLLM_GAUGES } from '#core/engines/vllm-metrics.ts';
import { ArtifactName } from '#core/generators/artifacts.ts';
import { readEngineCounters } from '#core/generators/engine-metrics.ts';
import { fixtureText, memoryFiles } from './fixture-files.ts';

const read = (before: string | undefined, after: string | undefined, during?: string) =>
  readEngineCounters(
    memoryFiles(
      new Map(
        Object.entries({
          [ArtifactName.metricsBefore]: before,
          [ArtifactName.metricsAfter]: after,
          [ArtifactName.metricsDuring]: during,
        }).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ),
    ),
  );

describe('what the engine counted', () => {
  it.each([...VLLM_COUNTERS, ...VLLM_GAUGES])('is on the /metrics of a real vLLM as %s', async (name) => {
    expect(await fixtureText('vllm/metrics.txt')).toMatch(new RegExp(`^${name}\\{`, 'm'));
  });

  it('is the growth between the scrapes, over all series of a name', async () => {
    const before = await fixtureText('vllm/metrics.txt');
    const after = before
      .replace(/^(vllm:generation_tokens_total\{.*\}) 8\.0$/m, '$1 1.008e+03')
      .replace(/^(vllm:request_success_total\{.*"length".*\}) 2\.0$/m, '$1 12.0')
      .replace(/^(vllm:request_success_total\{.*"abort".*\}) 0\.0$/m, '$1 1.0');
    expect(await read(before, after)).toMatchObject({
      'vllm:generation_tokens_total': 1000,
      'vllm:request_success_total': 11,
      'vllm:num_preemptions_total': 0,
    });
  });

  it('has the peaks of the gauges while the load ran', async () => {
    const during = [
      'vllm:kv_cache_usage_perc{engine="0"} 0.2\nvllm:kv_cache_usage_perc{engine="1"} 0.4\nvllm:num_requests_running{engine="0"} 3\nvllm:num_requests_running{engine="1"} 4\n',
      'vllm:kv_cache_usage_perc{engine="0"} 0.3\nvllm:num_requests_running{engine="0"} 5\n',
    ].join('# sample\n');
    expect(await read('', '', during)).toEqual({ 'vllm:kv_cache_usage_perc': 0.4, 'vllm:num_requests_running': 7 });
  });

  it('is unknown when the engine was started again in between', async () => {
    expect(await read('vllm:generation_tokens_total 90', 'vllm:generation_tokens_total 12')).toBeNull();
  });

  it.each([
    ['it never answered', undefined, undefined],
    ['it answered once', 'vllm:generation_tokens_total 1', undefined],
    ['it has metrics of its own', 'llama:tokens_total 1', 'llama:tokens_total 5'],
    ['it answered with a page', '<html>', '<html>'],
  ])('is unknown when %s', async (_, before, after) => {
    expect(await read(before, after)).toBeNull();
  });
});
