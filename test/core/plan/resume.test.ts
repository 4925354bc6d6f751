import { expect, test } from 'vitest';
import { readMatrix } from '#core/matrix/read.ts';
import type { Matrix } from '#core/matrix/types.ts';
import { type PlannedBefore, resumeProblems as problemsWith } from '#core/plan/resume.ts';

const MATRIX = {
  name: 'small',
  cluster: { name: 'bench' },
  matrix: { instanceType: ['g5.8xlarge', 'g5.16xlarge', 'endpoint'], concurrency: [2, 4] },
  defaults: { model: 'openai/gpt-oss-20b', isl: 64, osl: 24 },
  endpoints: { endpoint: { url: 'http://10.0.0.7:8000', priceUsdPerHour: 2 } },
  load: { requestsPerConcurrency: 5 },
  budgetUsd: 20,
};

const read = (changes: object) => {
  const result = readMatrix({ ...MATRIX, ...changes });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.matrix;
};

const { region, cluster, deployments } = read({});
const BEFORE: PlannedBefore = {
  ...{ run: 'night', region, cluster, generator: 'genai-perf', matrix: MATRIX },
  cellsOf: Object.fromEntries(deployments.map(({ id, cells }) => [id, cells.map((cell) => cell.id)])),
};
const resumeProblems = (before: PlannedBefore, matrix: Matrix) => problemsWith(before, matrix, 'genai-perf');
const endpoint = (changes: object) => ({ endpoints: { endpoint: { ...MATRIX.endpoints.endpoint, ...changes } } });

test.each([
  ['itself', {}],
  ['another budget, name and target', { budgetUsd: 99, name: 'other', slo: { ttftP95Ms: 100 } }],
  ['another capacity type to fall back on', { capacity: { fallback: ['spot'] } }],
  ['fewer deployments at once', { maxParallelDeployments: 1 }],
  [
    'its axes in another order',
    { matrix: { concurrency: [4, 2], instanceType: MATRIX.matrix.instanceType.toReversed() } },
  ],
  ['more time for a cell', { load: { ...MATRIX.load, maxCellSeconds: 1800 } }],
  ['a cluster that goes at the end', { cluster: { name: 'bench', ephemeral: true } }],
  ['another price and key of an endpoint', endpoint({ priceUsdPerHour: 3, headersFrom: { 'X-Key': 'KEY' } })],
])('a run goes on with %s', (_, changes) => expect(resumeProblems(BEFORE, read(changes))).toEqual([]));

test.each([
  ['a cell more', { matrix: { ...MATRIX.matrix, concurrency: [2, 4, 8] } }],
  ['a cell less', { matrix: { ...MATRIX.matrix, concurrency: [2] } }],
  ['another cell', { matrix: { ...MATRIX.matrix, concurrency: [2, 5] } }],
  ['a deployment more', { matrix: { ...MATRIX.matrix, instanceType: [...MATRIX.matrix.instanceType, 'g5.xlarge'] } }],
  ['a deployment less', { matrix: { ...MATRIX.matrix, instanceType: ['g5.8xlarge', 'endpoint'] } }],
  ['another server behind a label', endpoint({ url: 'http://10.0.0.8:8000' })],
  ['longer prompts', { defaults: { ...MATRIX.defaults, isl: 65 } }],
])('a run does not go on with %s', (_, changes) => {
  expect(resumeProblems(BEFORE, read(changes))).toMatchObject([
    { path: 'run', message: expect.stringContaining('another matrix'), code: 'not-resumable' },
  ]);
});

test.each([
  ['cluster.name', { cluster: { name: 'other' } }, '"bench"'],
  ['region', { region: 'eu-west-1' }, '"us-east-1"'],
  ['load.requestsPerConcurrency', { load: { requestsPerConcurrency: 1 } }, '5'],
  ['load.requestCount', { load: { ...MATRIX.load, requestCount: 50 } }, 'none'],
  ['load.openLoadSeconds', { load: { ...MATRIX.load, openLoadSeconds: 30 } }, '60'],
  ['load.warmupRequestsPerConcurrency', { load: { ...MATRIX.load, warmupRequestsPerConcurrency: 0 } }, '1'],
  ['load.warmupRequestCount', { load: { ...MATRIX.load, warmupRequestCount: 3 } }, 'none'],
  ['load.generator', { load: { ...MATRIX.load, generator: 'aiperf' } }, '"genai-perf"'],
  ['endpoints.endpoint.pinsOutputLength', endpoint({ pinsOutputLength: false }), 'true'],
  ['endpoints.endpoint.tokenCounts', endpoint({ tokenCounts: 'tokenizer' }), '"server"'],
  ['endpoints.endpoint.tokenizer', endpoint({ tokenizer: 'builtin' }), 'none'],
])('nor with another %s, and what it was is told', (path, changes, was) => {
  expect(resumeProblems(BEFORE, read(changes))).toMatchObject([
    { path, message: expect.stringContaining(`run night was started with ${was}`), code: 'not-resumable' },
  ]);
});

const ONE_SERVER = { matrix: { instanceType: ['endpoint'], concurrency: [2, 4] } };
const ONE_TYPE = { matrix: { instanceType: ['g5.8xlarge'], concurrency: [2, 4] } };
const startedWith = (changes: object): PlannedBefore => ({
  ...BEFORE,
  matrix: { ...MATRIX, ...changes },
  cellsOf: Object.fromEntries(read(changes).deployments.map(({ id, cells }) => [id, cells.map((cell) => cell.id)])),
});
const withGenerator = (generator: string) => ({ load: { ...MATRIX.load, generator } });

test('nor where "auto" is another load generator than it was, though the matrix is the same', () => {
  expect(problemsWith(startedWith(ONE_TYPE), read(ONE_TYPE), 'aiperf')).toEqual([
    {
      path: 'load.generator',
      value: 'auto',
      message:
        'run night was started with "genai-perf", and here it would go on with "aiperf": cells that were measured differently do not compare',
      instead: '"genai-perf", or take another run id',
      code: 'not-resumable',
    },
  ]);
  expect(problemsWith(startedWith(ONE_TYPE), read({ ...ONE_TYPE, ...withGenerator('genai-perf') }), 'aiperf')).toEqual(
    [],
  );
  // Beside an endpoint, which takes another one in any case, no single name says it.
  expect(problemsWith(BEFORE, read({}), 'aiperf')[0]?.instead).toBe(
    'nothing else, but go on where "auto" is "genai-perf", or take another run id',
  );
});

test('but where "auto" changes for none of its deployments', () =>
  expect(problemsWith(startedWith(ONE_SERVER), read(ONE_SERVER), 'aiperf')).toEqual([]));

test('every change is told at once', () => {
  const problems = resumeProblems(BEFORE, read({ region: 'eu-west-1', load: { requestsPerConcurrency: 6 } }));
  expect(problems.map(({ path }) => path)).toEqual(['region', 'load.requestsPerConcurrency']);
});

test('where it works stays, though its matrix cannot be read any more', () => {
  const older = { ...BEFORE, matrix: { written: 'otherwise' } };
  expect(resumeProblems(older, read({ cluster: { name: 'other' } }))).toMatchObject([{ path: 'cluster.name' }]);
  expect(resumeProblems(older, read({ load: { requestsPerConcurrency: 6 } }))).toEqual([]);
});
