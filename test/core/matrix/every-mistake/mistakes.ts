import type { Json, World } from './world.ts';

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

export const MISTAKES: Record<string, Mistake> = {
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
