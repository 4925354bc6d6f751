import { describe, expect, it } from 'vitest';
import { deploymentsOf, meantBy } from '#cli/input/deployment.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { measuredSample } from '../../core/results/samples.ts';

const row = (deployment_id: string, change: Partial<CellRow> = {}) =>
  measuredSample({ deployment_id, cell_id: `${deployment_id}-c`, engine: 'vllm', engine_arguments: '[]', ...change });

const known = deploymentsOf([
  row('d1', { instance_type: 'g5.8xlarge', model: 'openai/gpt-oss-20b', tensor_parallel: 1 }),
  row('d2', {
    ...{ instance_type: 'g5.12xlarge', model: 'openai/gpt-oss-20b', tensor_parallel: 4, pipeline_parallel: 1 },
    cell_id: 'd1-c2',
  }),
  row('d3', {
    ...{ instance_type: 'g5.12xlarge', model: 'Qwen/Qwen3-8B', tensor_parallel: 4, pipeline_parallel: 1 },
    engine_arguments: '["--enforce-eager","--kv-cache-dtype","fp8"]',
  }),
  row('d10', {
    ...{ instance_type: 'endpoint-rack', model: 'mine', tensor_parallel: null, pipeline_parallel: null },
    ...{ engine: 'endpoint', engine_arguments: '["--url","http://rack"]' },
  }),
]);
const meant = (text: string) => meantBy(text, known).map(({ id }) => id);

describe('a deployment is meant', () => {
  it.each([
    ['an id, which may be the beginning of another', 'd1', ['d1']],
    ['the id of a cell, which may be the beginning of another', 'd1-c', ['d1']],
    ['the beginning of the ids', 'd', ['d1', 'd2', 'd3', 'd10']],
    ['the beginning of a cell’s', 'd10-', ['d10']],
    ['a model, or its last part', 'gpt-oss-20b, TP 4', ['d2']],
    ['a whole model', 'openai/gpt-oss-20b g5.8xlarge', ['d1']],
    ['what tells it from none here', 'g5.12xlarge PP=1', ['d2', 'd3']],
    ['its arguments, as a plan has them', '--enforce-eager', ['d3']],
    ['its engine', 'endpoint', ['d10']],
    ['nothing that is known', 'g6.xlarge', []],
  ])('by %s: %s', (_, text, ids) => expect(meant(text)).toEqual(ids));
});

describe('a deployment is called', () => {
  it('what a plan calls it, with what tells it from the others', () =>
    expect(known.map(({ label }) => label)).toEqual([
      'g5.8xlarge TP=1 openai/gpt-oss-20b no arguments',
      'g5.12xlarge TP=4 openai/gpt-oss-20b no arguments',
      'g5.12xlarge TP=4 Qwen/Qwen3-8B --enforce-eager --kv-cache-dtype fp8',
      'endpoint-rack mine --url http://rack',
    ]));

  it('by stages and shared memory too, where they differ', () => {
    const alike = {
      instance_type: 'g5.12xlarge',
      model: 'mine',
      tensor_parallel: 2,
      pipeline_parallel: 1,
      shm_gib: 10,
    };
    const labels = (change: Partial<CellRow>) =>
      deploymentsOf([row('a', alike), row('b', { ...alike, ...change })]).map(({ label }) => label);
    expect(labels({ pipeline_parallel: 2 })).toEqual(['g5.12xlarge TP=2 PP=1', 'g5.12xlarge TP=2 PP=2']);
    expect(labels({ shm_gib: 32 })).toEqual(['g5.12xlarge TP=2 shm=10GiB', 'g5.12xlarge TP=2 shm=32GiB']);
    expect(labels({ engine_arguments: 'as it was' })[1]).toBe('g5.12xlarge TP=2 as it was');
  });
});
