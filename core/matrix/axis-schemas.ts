import * as z from 'zod/mini';
import type { CapacityType } from '../ports/prices.ts';
import { GPU_INSTANCE_TYPES } from '../pricing/gpu-instances.ts';
import type { Axis, AxisValues } from './axes.ts';
import { endpointLabel } from './endpoint-schema.ts';

export const CAPACITY_TYPES = ['on-demand', 'spot', 'reserved'] as const satisfies readonly CapacityType[];

const whole = (from: number, to: number) => z.int().check(z.gte(from), z.lte(to));

/**
 * Names that end up in file names, URLs and command lines: no part may begin with a dot or a hyphen, so that
 * neither a path nor an option can be smuggled in. Servers have their own, such as `llama3.2:1b`.
 */
const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._:@+-]*(?:\/[A-Za-z0-9][A-Za-z0-9._:@+-]*){0,7}$/;

/** As the hub has them: what an engine that is started here can be given. */
export const HUB_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*\/[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** One line of printable text; `$(` would be expanded by Kubernetes. */
const ARGUMENT = /^(?!.*\$\()[^\p{C}\p{Zl}\p{Zp}]+$/u;

/** One value on each axis. The bounds are those of the tools, or far beyond any use: a typo must not pass. */
export const AXIS_SCHEMAS = {
  instanceType: z
    .union([z.enum(GPU_INSTANCE_TYPES), endpointLabel])
    .check(z.describe('EC2 instance type with NVIDIA GPUs, or the label of an endpoint.')),
  model: z
    .string()
    .check(
      z.regex(MODEL_NAME),
      z.maxLength(128),
      z.describe('Model as on the Hugging Face hub: organisation/name. Of an endpoint what the server calls it.'),
    ),
  engine: z
    .enum(['vllm', 'endpoint'])
    .check(z.describe('`vllm`, or `endpoint`: a server that runs already, and what a label of an endpoint implies.')),
  tensorParallel: whole(1, 64).check(z.describe('GPUs that share each layer; 1 is no parallelism.')),
  pipelineParallel: whole(1, 64).check(z.describe('Stages of layers; 1 is no parallelism.')),
  engineArguments: z
    .array(z.string().check(z.regex(ARGUMENT), z.maxLength(512)))
    .check(
      z.maxLength(64),
      z.describe(
        'Appended to the engine’s command line as they are, one string each: an option and its value are two.',
      ),
    ),
  shmGiB: whole(1, 1024).check(
    z.describe('Size of /dev/shm in GiB, out of the node’s memory; tensor parallelism needs it.'),
  ),
  capacityType: z.enum(CAPACITY_TYPES).check(z.describe('How the node is bought.')),
  concurrency: whole(1, 10_000).check(z.describe('Requests kept in flight.')),
  requestRate: z
    .number()
    .check(
      z.gte(0.001),
      z.lte(10_000),
      z.describe('Requests per second, whatever is in flight; instead of concurrency.'),
    ),
  isl: whole(1, 1_000_000).check(z.describe('Input sequence length in tokens, mean.')),
  islStddev: whole(0, 1_000_000).check(z.describe('Standard deviation of the input length, in tokens.')),
  osl: whole(1, 100_000).check(z.describe('Output sequence length in tokens, mean.')),
  oslStddev: whole(0, 100_000).check(z.describe('Standard deviation of the output length, in tokens.')),
  endpoint: z.enum(['completions', 'chat']).check(z.describe('OpenAI endpoint.')),
  streaming: z.boolean().check(z.describe('Without streaming there is no TTFT and no inter-token latency.')),
  dataset: z
    .enum(['synthetic'])
    .check(
      z.describe('`synthetic`: prompts that the load generator makes, of the lengths asked for. There is no other.'),
    ),
} as const satisfies { [A in Axis]: z.ZodMiniType<AxisValues[A]> };
