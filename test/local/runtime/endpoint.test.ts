import { describe, expect, it } from 'vitest';
import { readRecords } from '#lambdas/store/deployment-record.ts';
import { newWorld, virtualRun } from './virtual-run.ts';

const MATRIX = {
  name: 'mine',
  matrix: { instanceType: ['endpoint'], concurrency: [1, 2] },
  defaults: { model: 'tiny', isl: 16, osl: 8 },
  endpoints: { endpoint: { url: 'http://llm.example.org:8000', priceUsdPerHour: 2, headersFrom: { 'X-Key': 'KEY' } } },
  budgetUsd: 20,
};

const withoutPrice = { ...MATRIX, endpoints: { endpoint: { url: 'http://llm.example.org:8000' } } };

describe('a run over a server that runs already', () => {
  it('goes through the whole machine, and starts no GPU node and no engine for it', async () => {
    const returned: Record<string, unknown> = {};
    const run = await virtualRun({
      matrix: MATRIX,
      around: (invoke) => async (name, input) => {
        returned[name] = await invoke(name, input);
        return returned[name];
      },
    });
    expect(run.output).toMatchObject({ status: 'SUCCEEDED', cells: { total: 2, valid: 2 } });
    expect(returned).toMatchObject({ ProvisionNodePool: { nodePool: '' }, DeployModel: { job: '' } });
    expect(run).toMatchObject({ gpuSeconds: 0, nodesLeft: 0, released: true });
    expect(run.parquetCells).toHaveLength(2);
    for (const row of run.rows) {
      expect(row).toMatchObject({
        instance_type: 'endpoint',
        engine: 'endpoint',
        engine_arguments: '["--url","http://llm.example.org:8000"]',
        simulated: false,
        tensor_parallel: null,
        gpu_count: 0,
        price_usd_per_hour: 2,
        fee_usd_per_hour: 0,
        price_source: 'given by the user',
      });
    }
  });

  it('stages no model, and spends nothing on the endpoint', async () => {
    const world = newWorld();
    await virtualRun({ matrix: MATRIX, world });
    const models: string[] = [];
    for await (const { key } of world.store.list('models/')) models.push(key);
    expect(models).toEqual([]);
    const records = await readRecords(world.store, 'small');
    expect(records.find(({ role }) => role === 'engine')).toMatchObject({ node_s: 0, total_usd: 0, cells_valid: 2 });
  });

  it('has no dollars where nobody gave a price', async () => {
    const { rows, output } = await virtualRun({ matrix: withoutPrice });
    expect(output?.status).toBe('SUCCEEDED');
    expect(rows.map((row) => row.price_usd_per_hour)).toEqual([null, null]);
  });

  it('measures two models of one server one after the other', async () => {
    const atOnce = { most: 0, now: 0 };
    const matrix = { ...MATRIX, matrix: { ...MATRIX.matrix, model: ['a', 'b'] }, defaults: { isl: 16, osl: 8 } };
    await virtualRun({
      matrix,
      around: (invoke) => async (name, input) => {
        if (name === 'ProvisionNodePool') atOnce.most = Math.max(atOnce.most, ++atOnce.now);
        if (name === 'ReleaseDeployment') atOnce.now -= 1;
        return invoke(name, input);
      },
    });
    expect(atOnce.most).toBe(1);
  });

  it('stands beside nodes that are bought', async () => {
    const matrix = {
      ...MATRIX,
      matrix: { instanceType: ['g5.8xlarge', 'endpoint'], concurrency: [2] },
      defaults: { model: 'openai/gpt-oss-20b', isl: 16, osl: 8 },
    };
    const run = await virtualRun({ matrix });
    expect(run.output?.status).toBe('SUCCEEDED');
    expect(run.rows.map((row) => [row.instance_type, row.simulated]).sort()).toEqual([
      ['endpoint', false],
      ['g5.8xlarge', true],
    ]);
  });
});
