import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextLength, vllm } from '#core/engines/vllm.ts';
import type { Deployment } from '#core/plan/types.ts';
import { sampleCell } from '../generators/sample-cell.ts';

const deployment = (over: Partial<Deployment> = {}): Deployment => ({
  id: 'd1',
  instanceType: 'g5.12xlarge',
  gpuName: 'A10G',
  gpuCount: 4,
  vcpus: 48,
  capacityTypes: ['on-demand'],
  engine: 'vllm',
  model: 'openai/gpt-oss-20b',
  tensorParallel: 4,
  pipelineParallel: 1,
  engineArguments: [],
  shmGiB: 10,
  generator: 'aiperf',
  prices: [],
  maxSeconds: 3600,
  capacityPatienceSeconds: 600,
  cells: [sampleCell()],
  ...over,
});

describe('the container of vLLM', () => {
  it('is of a pinned image, on all GPUs that the model is split over', () => {
    const container = vllm.container(deployment({ tensorParallel: 2, pipelineParallel: 2 }), { from: 'hub' });
    expect(container.image).toMatch(/:v\d+\.\d+\.\d+$/);
    expect(container.gpus).toBe(4);
    expect(container.args.join(' ')).toContain('--tensor-parallel-size 2 --pipeline-parallel-size 2');
  });

  it('gets the token of the hub where it asks the hub', () => {
    const optional = { secret: 'stepbench-hugging-face', key: 'HF_TOKEN', optional: true };
    expect(vllm.container(deployment(), { from: 'hub' }).secretEnv).toEqual({ HF_TOKEN: optional });
    const staged = vllm.container(deployment(), { from: 'bucket', uri: 's3://b/models/x/' });
    expect(staged.secretEnv).toBeUndefined();
  });

  it('serves the model under its own name, wherever the weights are', () => {
    const staged = vllm.container(deployment(), { from: 'bucket', uri: 's3://b/models/x/' });
    expect(staged.args[0]).toBe('s3://b/models/x/');
    expect(staged.args.join(' ')).toContain('--served-model-name openai/gpt-oss-20b');
    expect(staged.args.join(' ')).toContain('--load-format runai_streamer');
    expect(vllm.container(deployment(), { from: 'hub' }).args.join(' ')).not.toContain('--load-format');
  });

  it("lets the user's arguments have the last word", () => {
    const { args } = vllm.container(deployment({ engineArguments: ['--max-num-seqs', '64'] }), { from: 'hub' });
    expect(args.lastIndexOf('--max-num-seqs')).toBe(args.length - 2);
  });

  it('can be told to drop its prefix cache where it has one, and only there', () => {
    expect(vllm.container(deployment(), { from: 'hub' }).env).not.toHaveProperty('VLLM_SERVER_DEV_MODE');
    const cached = deployment({ engineArguments: ['--enable-prefix-caching'] });
    expect(vllm.container(cached, { from: 'hub' }).env).toMatchObject({ VLLM_SERVER_DEV_MODE: '1' });
  });

  it('keeps NCCL from looking for an NVLink that G5 does not have', () => {
    expect(vllm.container(deployment(), { from: 'hub' }).env).toMatchObject({ NCCL_P2P_DISABLE: '1' });
    const p5 = deployment({ instanceType: 'p5.48xlarge' });
    expect(vllm.container(p5, { from: 'hub' }).env).not.toHaveProperty('NCCL_P2P_DISABLE');
  });

  it('takes requests of every cell', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(60_000), fc.nat(60_000)), { minLength: 1, maxLength: 5 }), (lengths) => {
        const cells = lengths.map(([isl, osl]) => sampleCell({ isl, osl }));
        const context = contextLength(cells);
        for (const { isl, osl } of cells) expect(isl + osl).toBeLessThan(context);
        expect(context).toBeGreaterThanOrEqual(8192);
      }),
    );
  });

  it.each([
    ['where requests are longer than half of what the model holds', {}, '40960'],
    ['unless the model is stretched', { engineArguments: ['--hf-overrides={"rope_scaling": {}}'] }, '65536'],
    ['unless nobody knows the model', { model: 'me/mine' }, '65536'],
  ])('is no longer than the model has it, or vLLM would not start: %s', (_, over, expected) => {
    const cells = [sampleCell({ isl: 30_000, osl: 9000 })];
    const { args } = vllm.container(deployment({ model: 'Qwen/Qwen3-8B', cells, ...over }), { from: 'hub' });
    expect(args[args.indexOf('--max-model-len') + 1]).toBe(expected);
  });
});
