import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Problem } from '#core/matrix/problems.ts';
import { readMatrix } from '#core/matrix/read.ts';
import type { Matrix } from '#core/matrix/types.ts';
import { makePlan, type PlanOptions, quotesNeeded, refusals } from '#core/plan/plan.ts';
import { quote } from '#core/pricing/quote.ts';
import { smallest } from './fixtures.ts';

type Json = Record<string, unknown>;

/** A matrix in the making, and what AWS says of the account. */
interface World {
  document: Json & { matrix: Record<string, unknown[]>; budgetUsd: number };
  unpriced: Set<string>;
  smallQuotas: Set<string>;
}

const valid = (): World => ({
  document: {
    name: 'test',
    matrix: {
      instanceType: ['g5.8xlarge', 'g5.12xlarge', 'g6.xlarge', 'g6.2xlarge'],
      concurrency: [2, 4],
      include: [],
    },
    defaults: { model: 'openai/gpt-oss-20b', isl: 200, osl: 128 },
    load: {},
    budgetUsd: 5000,
  },
  unpriced: new Set(),
  smallQuotas: new Set(),
});

/** Everything that is told of it, in one answer: what both the command line and ExpandMatrix do. */
function told({ document, unpriced, smallQuotas }: World): Problem[] {
  const optionsFor = (matrix: Matrix): PlanOptions => ({
    ...{ run: 'r', startedAt: '2026-01-01T00:00:00.000Z', generator: 'aiperf' },
    quotes: quotesNeeded(matrix)
      .filter(({ instanceType }) => !unpriced.has(instanceType))
      .map((needed) => quote({ ...needed, region: 'us-east-1' })),
    vcpuQuota: (instanceType) => (smallQuotas.has(instanceType) ? 2 : undefined),
  });
  const read = readMatrix(document);
  if (read.ok) {
    const planned = makePlan(read.matrix, optionsFor(read.matrix));
    return planned.ok ? [] : planned.problems;
  }
  return [...read.problems, ...(read.rest ? refusals(read.rest, optionsFor(read.rest.matrix)) : [])];
}

interface Mistake {
  plant: (world: World) => void;
  /** `code path`, with the last index of a list as #. */
  expected: string[];
  /** What is measured, or how it is paid for, is not known with it: nothing can be said of the budget. */
  hidesCost?: true;
}

const push =
  (axis: string, ...values: unknown[]) =>
  (world: World) => {
    world.document.matrix[axis] = [...(world.document.matrix[axis] ?? []), ...values];
  };
const set = (field: string, value: unknown) => (world: World) => {
  world.document[field] = value;
};

/** Under a name of the user's, beside what others have planted there; whatever the name is. */
const named = (field: string, name: string, value: unknown) => (world: World) => {
  const others = (world.document[field] ?? {}) as Json;
  world.document[field] = Object.fromEntries([...Object.entries(others), [name, value]]);
};

const MISTAKES: Record<string, Mistake> = {
  name: { plant: set('name', 'My run'), expected: ['bad-format name'] },
  description: { plant: set('description', 5), expected: ['wrong-type description'] },
  slo: { plant: set('slo', { ttftP95Ms: -1 }), expected: ['out-of-range slo.ttftP95Ms'] },
  cluster: { plant: set('cluster', { version: 'new' }), expected: ['bad-format cluster.version'] },
  'a field of another program': { plant: set('zzzzzzzz', 1), expected: ['unknown-field zzzzzzzz'], hidesCost: true },
  'a misspelt part, and a mistake in it': {
    plant: set('capcity', { patienceSeconds: 5 }),
    expected: ['unknown-field capcity', 'out-of-range capcity.patienceSeconds'],
    hidesCost: true,
  },
  'a misspelt axis, and a mistake in it': {
    plant: push('shmGib', 0, 8),
    expected: ['unknown-field matrix.shmGib', 'out-of-range matrix.shmGib[0]'],
  },
  'a misspelt field in defaults': {
    plant: ({ document }) => {
      document.defaults = { modle: 'openai/gpt-oss-20b', isl: 200, osl: 128 };
    },
    expected: ['unknown-field defaults.modle'],
  },
  'an instance type': {
    plant: push('instanceType', 'g5.8xlrage'),
    expected: ['unknown-instance-type matrix.instanceType[4]'],
  },
  'a concurrency': { plant: push('concurrency', 0), expected: ['out-of-range matrix.concurrency[2]'] },
  'a value twice': { plant: push('isl', 7, 7), expected: ['duplicate-value matrix.isl[1]'] },
  'more GPUs than there are': {
    plant: push('tensorParallel', 1, 64),
    expected: ['too-many-gpus matrix.tensorParallel[1]'],
  },
  'an argument of ours': {
    plant: push('engineArguments', [], ['--max-num-seqs=8', '--port=1']),
    expected: ['owned-argument matrix.engineArguments[1][1]'],
  },
  'a generator': {
    plant: ({ document }) => Object.assign(document.load as Json, { generator: 'aiprf' }),
    expected: ['unknown-value load.generator'],
    hidesCost: true,
  },
  'fewer requests than in flight': {
    plant: ({ document }) => Object.assign(document.load as Json, { requestCount: 1 }),
    expected: ['too-few-requests load.requestCount'],
  },
  'a model over the memory': {
    plant: push('include', { instanceType: 'g5.2xlarge', concurrency: 3, model: 'openai/gpt-oss-120b', note: 'big' }),
    expected: ['model-too-large matrix.include[#].model'],
  },
  'an incomplete entry': {
    plant: push('include', { instanceType: 'g5.xlarge', note: 'half' }),
    expected: ['missing matrix.include[#].concurrency'],
  },
  'an entry with a wrong and an owned value': {
    plant: push('include', { instanceType: 'g5.4xlarge', concurrency: -3, engineArguments: ['--host=x'] }),
    expected: ['out-of-range matrix.include[#].concurrency', 'owned-argument matrix.include[#].engineArguments[0]'],
    hidesCost: true,
  },
  'a server that is nowhere': {
    plant: push('include', { instanceType: 'endpoint', concurrency: 3 }),
    expected: ['missing endpoints'],
  },
  'a server that cannot be reached': {
    plant: named('endpoints', 'endpoint-b', { url: 'ftp://host' }),
    expected: ['bad-format endpoints["endpoint-b"].url'],
    hidesCost: true,
  },
  'the size of a model': {
    plant: named('models', 'openai/gpt-oss-20b', { weightsGiB: '14' }),
    expected: ['wrong-type models["openai/gpt-oss-20b"].weightsGiB'],
    hidesCost: true,
  },
  'two ways to buy': {
    plant: push('capacityType', 'on-demand', 'spot'),
    expected: ['capacity-type-twice matrix.capacityType[1]'],
    hidesCost: true,
  },
  'a hold without end': {
    plant: set('hold', { minutes: 1e6 }),
    expected: ['out-of-range hold.minutes'],
    hidesCost: true,
  },
  'more shared memory than memory': {
    plant: push('include', { instanceType: 'g6.16xlarge', concurrency: 3, shmGiB: 256 }),
    expected: ['too-little-memory matrix.include[#].shmGiB'],
  },
  'an option and its value in one entry': {
    plant: push('include', {
      ...{ instanceType: 'g6e.xlarge', concurrency: 3, model: 'openai/gpt-oss-20b' },
      engineArguments: ['--max-num-seqs 8'],
    }),
    expected: ['bad-format matrix.include[#].engineArguments[0]'],
    hidesCost: true,
  },
  'a model without an organisation': {
    plant: push('include', { instanceType: 'g6e.2xlarge', concurrency: 3, model: 'gpt' }),
    expected: ['bad-format matrix.include[#].model'],
  },
  'prompts over the context': {
    plant: push('include', { instanceType: 'g6.4xlarge', concurrency: 3, model: 'Qwen/Qwen3-8B', isl: 40_900 }),
    expected: ['context-too-short matrix.include[#].isl'],
  },
  'answers over the length that the engine is told': {
    plant: push('include', {
      ...{ instanceType: 'g6.8xlarge', concurrency: 3, isl: 1, osl: 4096 },
      engineArguments: ['--max-model-len', '4096'],
    }),
    expected: ['context-too-short matrix.include[#].osl'],
  },
  'a header of a name that every object has': {
    plant: named('endpoints', 'endpoint-c', { url: 'http://c', headersFrom: { constructor: 'X' } }),
    expected: ['unknown-field endpoints["endpoint-c"].headersFrom.constructor'],
    hidesCost: true,
  },
  'the size of a model of such a name': {
    plant: named('models', '__proto__', { weightsGiB: 1 }),
    expected: ['unknown-field models.__proto__'],
    hidesCost: true,
  },
  'more than an execution carries': {
    plant: set('$schema', 'x'.repeat(260_000)),
    expected: ['too-large $schema', 'out-of-range $schema'],
  },
  'a price that nobody knows': {
    plant: ({ unpriced }) => unpriced.add('g6.xlarge'),
    expected: ['unknown-price matrix.instanceType[2]'],
  },
  'a quota that holds none': {
    plant: ({ smallQuotas }) => smallQuotas.add('g5.12xlarge'),
    expected: ['over-quota matrix.instanceType[1]'],
  },
};

const BUDGET = 'budget-too-small budgetUsd';

/** Indices of entries that were planted one after the other: in the order in which they were. */
function expectedOf(names: readonly string[]): string[] {
  let entries = -1;
  return names.flatMap((name) => {
    const { expected } = MISTAKES[name] as Mistake;
    if (expected.some((one) => one.includes('#'))) entries += 1;
    else if (name === 'a server that is nowhere') entries += 1;
    return expected.map((one) => one.replace('#', String(entries)));
  });
}

const shown = (problems: readonly Problem[]) => problems.map(({ code, path }) => `${code} ${path}`).sort();

describe('several mistakes of different kinds', () => {
  it('are none in the matrix that they are planted in', () => expect(told(valid())).toEqual([]));

  it.each(Object.keys(MISTAKES))('each alone: %s', (name) => {
    const world = valid();
    MISTAKES[name]?.plant(world);
    expect(shown(told(world))).toEqual(expectedOf([name]).sort());
  });

  it('are all told in one answer, and nothing that only follows from them', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.keys(MISTAKES), { minLength: 2 }), fc.boolean(), (names, poor) => {
        const world = valid();
        for (const name of names) MISTAKES[name]?.plant(world);
        if (poor) world.document.budgetUsd = 0.01;
        const problems = told(world);
        const knowsCost = names.every((name) => MISTAKES[name]?.hidesCost !== true);
        expect(shown(problems)).toEqual([...expectedOf(names), ...(poor && knowsCost ? [BUDGET] : [])].sort());
        for (const { message, instead } of problems)
          expect(`${message}${instead}`).not.toMatch(/undefined|stand-in|p5en/);
      }),
      { numRuns: 300 },
    );
  });
});

describe('one mistake, of which others seem to follow', () => {
  const { defaults, matrix, ...others } = smallest();
  const endpoint = { ...matrix, instanceType: ['endpoint-a'] };
  it.each<[string, unknown, string[]]>([
    ['a misspelt part', { ...others, matrix, defualts: defaults }, ['unknown-field defualts']],
    ['defaults that are none', { ...others, matrix, defaults: [] }, ['wrong-type defaults']],
    ['entries that are none', { ...others, matrix: { ...matrix, include: {} } }, ['wrong-type matrix.include']],
    [
      'an axis of another name that is no list',
      { ...others, defaults, matrix: { instanceTypes: 'g5.8xlarge', concurrency: [1] } },
      ['unknown-field matrix.instanceTypes'],
    ],
    [
      'servers that are none',
      { ...others, defaults, matrix: endpoint, endpoints: 'http://x' },
      ['wrong-type endpoints'],
    ],
    [
      'a server under another label',
      { ...others, defaults, matrix: endpoint, endpoints: { endpoint_a: { url: 'http://x' } } },
      ['bad-format endpoints.endpoint_a'],
    ],
    [
      'an exclude entry that cannot be read',
      { ...others, defaults, matrix: { ...matrix, exclude: [{ instanceType: 'g5.8xlarge', concurrency: 0 }] } },
      ['out-of-range matrix.exclude[0].concurrency'],
    ],
    [
      'more requests than anybody waits for',
      {
        ...others,
        defaults,
        matrix: { ...matrix, concurrency: [10_000] },
        load: { requestsPerConcurrency: 9000 },
        budgetUsd: 1,
      },
      ['too-many-requests matrix.concurrency[0]'],
    ],
  ])('%s', (_, document, expected) => {
    const world = { ...valid(), document: document as World['document'] };
    expect(shown(told(world))).toEqual(expected);
  });

  it('is told where it stands, below a misspelt part too', () => {
    const world = { ...valid(), document: { ...others, defaults, matix: { ...matrix, tensorParallel: [0, 8] } } };
    expect(shown(told(world as unknown as World))).toEqual([
      'out-of-range matix.tensorParallel[0]',
      'too-many-gpus matix.tensorParallel[1]',
      'unknown-field matix',
    ]);
  });

  it('does not hold against the budget what cannot be run anyway', () => {
    const world = valid();
    world.document.matrix = {
      instanceType: ['g5.8xlarge'],
      concurrency: [2],
      tensorParallel: [1, 2, 3, 4, 5, 6, 7, 8],
    };
    world.document.budgetUsd = 20;
    expect(new Set(told(world).map(({ code }) => code))).toEqual(new Set(['too-many-gpus']));
  });

  it('says of the budget what holds for the rest, which is not all', () => {
    const world = valid();
    MISTAKES['an instance type']?.plant(world);
    world.document.budgetUsd = 1;
    expect(told(world).at(-1)).toMatchObject({
      message: expect.stringContaining('what is right of the matrix, without the rest, is estimated at $'),
      instead: expect.stringMatching(/^more than [\d.]+$/),
    });
  });
});
