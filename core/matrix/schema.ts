import * as z from 'zod/mini';
import { AXIS_SCHEMAS, CAPACITY_TYPES } from './axis-schemas.ts';
import { ENDPOINTS } from './endpoint-schema.ts';

const described = <T extends z.ZodMiniType>(schema: T, description: string): T =>
  schema.check(z.describe(description)) as T;

const text = (pattern: RegExp, longest: number) => z.string().check(z.regex(pattern), z.maxLength(longest));
const whole = (from: number, to: number) => z.int().check(z.gte(from), z.lte(to));
const milliseconds = () => z.number().check(z.positive(), z.lte(3_600_000));

/** What a combination may say besides its axes. */
const NOTE_LIMIT = 200;
const NOTE = described(
  text(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, NOTE_LIMIT),
  'A remark that travels with the deployment into the plan and the report.',
);

/** Entries, not cells: each include entry may name many. */
const LONGEST_LIST = 10_000;

const list = <T extends z.ZodMiniType>(value: T) =>
  z.optional(
    z
      .array(value)
      .check(z.minLength(1), z.maxLength(LONGEST_LIST), z.describe(z.globalRegistry.get(value)?.description ?? '')),
  );

const notEmpty = z.refine((entry) => Object.keys(entry as object).length > 0);
const entries = <T extends z.ZodMiniType>(entry: T, description: string) =>
  z.optional(z.array(entry).check(z.maxLength(LONGEST_LIST), z.describe(description)));

const partialAxes = z.partial(z.strictObject(AXIS_SCHEMAS));

const MATRIX = z.strictObject({
  instanceType: list(AXIS_SCHEMAS.instanceType),
  model: list(AXIS_SCHEMAS.model),
  engine: list(AXIS_SCHEMAS.engine),
  tensorParallel: list(AXIS_SCHEMAS.tensorParallel),
  pipelineParallel: list(AXIS_SCHEMAS.pipelineParallel),
  engineArguments: list(AXIS_SCHEMAS.engineArguments),
  shmGiB: list(AXIS_SCHEMAS.shmGiB),
  capacityType: list(AXIS_SCHEMAS.capacityType),
  concurrency: list(AXIS_SCHEMAS.concurrency),
  requestRate: list(AXIS_SCHEMAS.requestRate),
  isl: list(AXIS_SCHEMAS.isl),
  islStddev: list(AXIS_SCHEMAS.islStddev),
  osl: list(AXIS_SCHEMAS.osl),
  oslStddev: list(AXIS_SCHEMAS.oslStddev),
  endpoint: list(AXIS_SCHEMAS.endpoint),
  streaming: list(AXIS_SCHEMAS.streaming),
  dataset: list(AXIS_SCHEMAS.dataset),
  include: entries(
    z.partial(z.strictObject({ ...AXIS_SCHEMAS, note: NOTE })).check(notEmpty, z.meta({ minProperties: 1 })),
    'As in GitHub Actions: added to the combinations of which it overwrites no original value, else a new combination.',
  ),
  exclude: entries(
    partialAxes.check(notEmpty, z.meta({ minProperties: 1 })),
    'As in GitHub Actions: combinations that match an entry in part are left out; comes before include.',
  ),
});

const CLUSTER = z.strictObject({
  name: z._default(
    described(
      text(/^[0-9A-Za-z][0-9A-Za-z_-]*$/, 100),
      'Name of the EKS cluster: reused when it is there, else created.',
    ),
    'stepbench',
  ),
  ephemeral: z._default(
    described(z.boolean(), 'Delete the cluster at the end, if it is ours and no other run uses it.'),
    false,
  ),
  version: z._default(
    described(text(/^1\.[0-9]{2}$/, 4), 'Kubernetes minor version of a cluster that is created.'),
    '1.36',
  ),
});

/** More requests than any steady state needs; a typo costs hours of GPU. */
export const MOST_REQUESTS = 1_000_000;

/** Four hours: with more, one cell would take a third of what a deployment may live. */
export const MOST_CELL_SECONDS = 14_400;

const LOAD = z.strictObject({
  generator: z._default(
    described(
      z.enum(['auto', 'aiperf', 'genai-perf']),
      'Which load generator. `auto`: genai-perf in AWS, on a laptop the one that can run there.',
    ),
    'auto',
  ),
  requestsPerConcurrency: z._default(
    described(whole(1, 10_000), 'Measured requests of a cell, per unit of its concurrency.'),
    10,
  ),
  requestCount: z.optional(
    described(
      whole(1, MOST_REQUESTS),
      'Measured requests of every cell, whatever its concurrency; instead of the above.',
    ),
  ),
  openLoadSeconds: z._default(
    described(whole(1, 3600), 'Length of a cell with a request rate: it sends rate x this many requests.'),
    60,
  ),
  warmupRequestsPerConcurrency: z._default(
    described(whole(0, 1000), 'Requests sent before measuring, per unit of concurrency (or of the request rate).'),
    1,
  ),
  warmupRequestCount: z.optional(
    described(whole(0, MOST_REQUESTS), 'Requests sent before measuring every cell; instead of the above.'),
  ),
  maxCellSeconds: z._default(
    described(whole(30, MOST_CELL_SECONDS), 'The longest that one cell may take, warm-up included.'),
    900,
  ),
});

const SLO = z.strictObject({
  ttftP95Ms: z.optional(described(milliseconds(), 'Time to first token, 95th percentile, in ms.')),
  itlP95Ms: z.optional(described(milliseconds(), 'Inter-token latency, 95th percentile, in ms.')),
  requestLatencyP95Ms: z.optional(described(milliseconds(), 'Request latency, 95th percentile, in ms.')),
});

const CAPACITY = z.strictObject({
  fallback: z._default(
    described(
      z.array(z.enum(CAPACITY_TYPES)).check(z.maxLength(CAPACITY_TYPES.length)),
      'Capacity types tried in this order when the deployment’s own has no capacity.',
    ),
    [],
  ),
  patienceSeconds: z._default(
    described(whole(60, 7200), 'How long to wait for a node before insufficient capacity is believed.'),
    600,
  ),
});

/** Within the half day that a deployment may live, with room for its cells. */
const LONGEST_HOLD_MINUTES = 480;

const HOLD = z.strictObject({
  minutes: described(
    whole(1, LONGEST_HOLD_MINUTES),
    'How long each deployment stays up after its last cell, for requests by hand; it is paid for, and the budget must hold it.',
  ),
});

const MODEL = z.strictObject({
  weightsGiB: described(
    z.number().check(z.positive(), z.lte(100_000)),
    'Size of the weights as the GPUs hold them, in GiB.',
  ),
});

export const MATRIX_DOCUMENT = z.strictObject({
  $schema: z.optional(described(z.string().check(z.maxLength(1000)), 'For editors.')),
  name: described(
    text(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 40),
    'Names the runs: lower-case letters, digits, hyphens.',
  ),
  description: z.optional(described(z.string().check(z.maxLength(2000)), 'For people.')),
  matrix: described(MATRIX, 'Axes as lists of values: the cells are their product, changed by exclude and include.'),
  defaults: z.prefault(described(partialAxes, 'One value for axes that a combination does not have.'), {}),
  repeats: z._default(described(whole(1, 100), 'How often each cell is measured.'), 1),
  budgetUsd: described(
    z.number().check(z.positive(), z.lte(1_000_000)),
    'The run never spends more. Deadlines of nodes are derived from it, and a budget below the estimate is refused.',
  ),
  region: z._default(described(text(/^[a-z]{2}(?:-[a-z]+)+-[0-9]$/, 30), 'AWS region.'), 'us-east-1'),
  cluster: z.prefault(CLUSTER, {}),
  load: z.prefault(LOAD, {}),
  slo: z.prefault(described(SLO, 'Latency target: the answers rank what keeps it.'), {}),
  capacity: z.prefault(CAPACITY, {}),
  hold: z.optional(described(HOLD, 'Keeps deployments up after they were measured; endpoints are nothing to keep.')),
  models: z.prefault(
    described(z.record(AXIS_SCHEMAS.model, MODEL), 'Sizes of models that StepBench does not know, by name.'),
    {},
  ),
  endpoints: z.prefault(ENDPOINTS, {}),
  maxParallelDeployments: z.optional(
    described(whole(1, 10_000), 'At most so many deployments at once; the vCPU quota may allow fewer.'),
  ),
  staging: z._default(
    described(
      z.enum(['bucket', 'hub']),
      'Where engines load weights from: `bucket` stages them once in the results bucket, `hub` pulls them on each node.',
    ),
    'bucket',
  ),
});

/** A matrix as it stands in a file, defaults filled in. */
export type MatrixDocument = z.infer<typeof MATRIX_DOCUMENT>;
