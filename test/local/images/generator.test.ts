import { describe, expect, it } from 'vitest';
import { Label } from '#core/cluster/names.ts';
import type { PlannedDeployment } from '#core/plan/types.ts';
import type { ContainerStart } from '#local/cluster/runtime/container-start.ts';
import type { InstalledGenerator } from '#local/generators/ensure-generator.ts';
import { generator } from '#local/images/generator.ts';

const GENAI_PERF: InstalledGenerator = {
  name: 'genai-perf',
  bin: '/venv/bin/genai-perf',
  python: '/venv/bin/python',
  env: { PATH: '/venv/bin' },
  tokenizerFolder: '/cache/tokenizer',
};
const AIPERF: InstalledGenerator = {
  name: 'aiperf',
  bin: '/venv/bin/aiperf',
  python: '/venv/bin/python',
  env: { PATH: '/venv/bin', TIKTOKEN_CACHE_DIR: '/cache/tiktoken' },
};

const launch = (installed: InstalledGenerator | undefined, deployment: Partial<PlannedDeployment>) => {
  const launcher = generator({
    installed,
    findDeployment: async () => ({ ...deployment, cells: [{ id: 'c' }] }) as PlannedDeployment,
    nowMs: () => 0,
  });
  const labels = { [Label.run]: 'r', [Label.deployment]: 'd', [Label.cell]: 'c' };
  const command = ['python3', '-c', 'SCRIPT'];
  const args = ['300', '10', '--', 'genai-perf', 'profile', '--tokenizer', deployment.model ?? ''];
  return launcher.process?.({
    container: 'generator',
    command,
    args,
    pod: { metadata: { labels } },
  } as unknown as ContainerStart);
};

const OURS = ['--tokenizer', '/cache/tokenizer'];
const OFFLINE = { HF_HUB_OFFLINE: '1', TRANSFORMERS_OFFLINE: '1' };
const at = (url: string, tokenizer?: string) =>
  ({ engine: 'endpoint', endpoint: { url, ...(tokenizer && { tokenizer }) } }) as Partial<PlannedDeployment>;

describe('the load generator as a process', () => {
  it.each<[string, Partial<PlannedDeployment>]>([
    ['a simulated engine, whatever it plays', { engine: 'vllm', model: 'meta-llama/Llama-3.1-8B' }],
    ['gpt-oss somewhere', { ...at('http://x'), model: 'openai/gpt-oss-120b' }],
    ['an endpoint of which it is said', { ...at('http://x', 'builtin'), model: 'tiny' }],
  ])('is given the tokenizer of this machine, and no way to the hub, for %s', async (_, deployment) => {
    const spec = await launch(GENAI_PERF, deployment);
    expect(spec?.args.slice(-2)).toEqual(OURS);
    expect(spec?.env).toMatchObject(OFFLINE);
  });

  it.each<[string, Partial<PlannedDeployment>]>([
    ['another model', { ...at('http://x'), model: 'meta-llama/Llama-3.1-8B' }],
    ['a tokenizer that was named', { ...at('http://x', 'my/tokenizer'), model: 'openai/gpt-oss-20b' }],
  ])('is left to the hub for %s, whose tokens ours would count wrongly', async (_, deployment) => {
    const spec = await launch(GENAI_PERF, deployment);
    expect(spec?.args).not.toContain('/cache/tokenizer');
    expect(spec?.env).not.toHaveProperty('HF_HUB_OFFLINE');
  });

  it('never has the offline variables when it is AIPerf, which they would make refuse its tokenizer', async () => {
    const spec = await launch(AIPERF, { engine: 'vllm', model: 'openai/gpt-oss-20b' });
    expect(spec?.env).toEqual(AIPERF.env);
    expect(spec?.args.slice(-2)).toEqual(['--tokenizer', 'openai/gpt-oss-20b']);
  });

  it('does not start when it is not installed', async () => {
    await expect(launch(undefined, { engine: 'vllm', model: 'm' })).rejects.toThrow(/not installed/);
  });
});
