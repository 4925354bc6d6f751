import { describe, expect, it } from 'vitest';
import { VLLM_COUNTERS, VLLM_GAUGES } from '#core/engines/vllm-metrics.ts';
import { ArtifactName } from '#core/generators/artifacts.ts';
import { readEngineWord } from '#core/generators/engine-metrics.ts';
import { fixtureText, memoryFiles } from './fixture-files.ts';

const read = (before: string | undefined, after: string | undefined, during?: string) =>
  readEngineWord(
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

const counted = async (before: string, after: string, during?: string) =>
  (await read(before, after, during)).engineCounters;

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
    expect(await read(before, after)).toMatchObject({ engineRestarted: false });
    expect(await counted(before, after)).toMatchObject({
      'vllm:generation_tokens_total': 1000,
      'vllm:request_success_total': 11,
      'vllm:num_preemptions_total': 0,
    });
  });

  it('has the peaks of the gauges while the load ran, of whatever was sampled before it was cut off', async () => {
    const during = [
      '# sample 1795488130.250\nvllm:kv_cache_usage_perc{engine="0"} 0.2\nvllm:kv_cache_usage_perc{engine="1"} 0.4\nvllm:num_requests_running{engine="0"} 3\nvllm:num_requests_running{engine="1"} 4\n',
      '# sample 1795488133.250\nvllm:kv_cache_usage_perc{engine="0"} 0.3\nvllm:num_requests_running{engine="0"} 5\n',
      '# sample 17954',
    ].join('');
    expect(await counted('', '', during)).toEqual({ 'vllm:kv_cache_usage_perc': 0.4, 'vllm:num_requests_running': 7 });
  });

  it.each([
    [
      'a counter went down',
      'vllm:generation_tokens_total 90\n',
      'vllm:generation_tokens_total 120\nvllm:prompt_tokens_total 5\n',
      'vllm:generation_tokens_total 12\n',
    ],
    [
      'its process is another one',
      'process_start_time_seconds 1.79548813095e+09\nvllm:generation_tokens_total 9\n',
      '',
      'process_start_time_seconds 1.79548823e+09\nvllm:generation_tokens_total 12\n',
    ],
  ])('is unknown when the engine was started again in between: %s', async (_, before, _during, after) => {
    expect(await read(before, after)).toEqual({ engineCounters: null, engineRestarted: true });
  });

  it('is known of an engine that kept its process', async () => {
    const metrics = await fixtureText('vllm/metrics.txt');
    expect(metrics).toMatch(/^process_start_time_seconds /m);
    expect((await read(metrics, metrics)).engineRestarted).toBe(false);
  });

  it.each([
    ['it never answered', undefined, undefined],
    ['it answered once', 'vllm:generation_tokens_total 1', undefined],
    ['it has metrics of its own', 'llama:tokens_total 1', 'llama:tokens_total 5'],
    ['it answered with a page', '<html>', '<html>'],
    ['it answered with nothing before', '', 'vllm:generation_tokens_total 120000\n'],
    ['it answered with a page before', '<html>\n', 'vllm:generation_tokens_total 120000\n'],
    [
      'the first answer was cut within a number',
      'vllm:generation_tokens_total 11',
      'vllm:generation_tokens_total 1200\n',
    ],
    [
      'the second answer was cut within a number',
      'vllm:generation_tokens_total 11\n',
      'vllm:generation_tokens_total 12',
    ],
    ['the first answer was cut before the counter', 'vllm:other 1\n', 'vllm:generation_tokens_total 1200\n'],
  ])('is unknown when %s', async (_, before, after) => {
    expect(await read(before, after)).toEqual({ engineCounters: null, engineRestarted: null });
  });
});
