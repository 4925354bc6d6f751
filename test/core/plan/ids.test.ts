import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellId, cellSeed, deploymentId } from '#core/plan/ids.ts';
import { mustRead, smallest } from '../matrix/fixtures.ts';

const deployment = {
  engine: 'vllm',
  engineArguments: ['--max-model-len', '8192'],
  instanceType: 'g5.12xlarge',
  model: 'openai/gpt-oss-20b',
  pipelineParallel: 1,
  shmGiB: 10,
  tensorParallel: 4,
};

const load = {
  concurrency: 40,
  dataset: 'synthetic',
  endpoint: 'completions',
  isl: 200,
  islStddev: 0,
  osl: 128,
  oslStddev: 0,
  repeat: 1,
  requestRate: null,
  streaming: true,
};

describe('golden: a change here orphans every row that was ever written', () => {
  it('of a deployment', () => expect(deploymentId(deployment)).toBe('vwtpa2cqd5yk'));
  it('of a cell', () => expect(cellId(deploymentId(deployment), load)).toBe('ji4pzcc4g7rq'));
  it('of a seed', () => expect(cellSeed(cellId(deploymentId(deployment), load))).toBe(252353985));
});

it('changes with every axis and the repeat', () => {
  const ids = [
    deploymentId(deployment),
    deploymentId({ ...deployment, engine: 'endpoint' }),
    deploymentId({ ...deployment, engineArguments: ['--max-model-len 8192'] }),
    deploymentId({ ...deployment, instanceType: 'g5.24xlarge' }),
    deploymentId({ ...deployment, model: 'openai/gpt-oss-120b' }),
    deploymentId({ ...deployment, pipelineParallel: 2 }),
    deploymentId({ ...deployment, shmGiB: 11 }),
    deploymentId({ ...deployment, tensorParallel: 2 }),
    cellId('a', load),
    cellId('b', load),
    cellId('a', { ...load, concurrency: 41 }),
    cellId('a', { ...load, concurrency: null, requestRate: 40 }),
    cellId('a', { ...load, dataset: 'other' }),
    cellId('a', { ...load, endpoint: 'chat' }),
    cellId('a', { ...load, isl: 201 }),
    cellId('a', { ...load, islStddev: 1 }),
    cellId('a', { ...load, osl: 129 }),
    cellId('a', { ...load, oslStddev: 1 }),
    cellId('a', { ...load, repeat: 2 }),
    cellId('a', { ...load, streaming: false }),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});

const idsOf = (document: object) =>
  mustRead(document).deployments.flatMap(({ id, cells }) => [id, ...cells.map((cell) => cell.id)]);

it('is the same whatever the run may spend, how its nodes are bought, and in which form the matrix says it', () => {
  const ids = idsOf(smallest());
  const { model, isl, osl } = smallest().defaults;
  expect(idsOf({ ...smallest(), budgetUsd: 7, name: 'other', region: 'eu-west-1' })).toEqual(ids);
  expect(idsOf({ ...smallest(), capacity: { fallback: ['spot'] } })).toEqual(ids);
  expect(
    idsOf({ ...smallest(), defaults: { ...smallest().defaults, capacityType: 'spot', tensorParallel: 1 } }),
  ).toEqual(ids);
  expect(
    idsOf({
      ...smallest(),
      defaults: {},
      matrix: { include: [{ instanceType: 'g5.8xlarge', concurrency: 10, model, isl, osl }] },
    }),
  ).toEqual(ids);
});

it('can stand in any name of Kubernetes, and seeds any generator', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      const id = cellId(name, load);
      expect(id).toMatch(/^[a-z2-7]{12}$/);
      const seed = cellSeed(id);
      expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31).toBe(true);
    }),
  );
});
