import type { EndpointType, EngineName } from '../plan/types.ts';
import type { CapacityType } from '../ports/prices.ts';

/** What makes two deployments different; the cells of one deployment share an engine. */
const DEPLOYMENT_AXES = [
  'instanceType',
  'model',
  'engine',
  'tensorParallel',
  'pipelineParallel',
  'engineArguments',
  'shmGiB',
  'capacityType',
] as const;

/** What makes two cells of a deployment different. */
const LOAD_AXES = [
  'concurrency',
  'requestRate',
  'isl',
  'islStddev',
  'osl',
  'oslStddev',
  'endpoint',
  'streaming',
  'dataset',
] as const;

export const AXES = [...DEPLOYMENT_AXES, ...LOAD_AXES] as const;

export type Axis = (typeof AXES)[number];

/** A value on each axis, as a combination may have it. */
export interface AxisValues {
  instanceType: string;
  model: string;
  engine: EngineName;
  tensorParallel: number;
  pipelineParallel: number;
  engineArguments: string[];
  shmGiB: number;
  capacityType: CapacityType;
  concurrency: number;
  requestRate: number;
  isl: number;
  islStddev: number;
  osl: number;
  oslStddev: number;
  endpoint: EndpointType;
  streaming: boolean;
  dataset: string;
}

/** Where neither the combination nor the matrix's own `defaults` say anything. */
export const BUILT_IN_DEFAULTS = {
  engine: 'vllm',
  tensorParallel: 1,
  pipelineParallel: 1,
  engineArguments: [] as string[],
  shmGiB: 10,
  capacityType: 'on-demand',
  islStddev: 0,
  oslStddev: 0,
  endpoint: 'completions',
  streaming: true,
  dataset: 'synthetic',
} as const satisfies Partial<AxisValues>;

/** Axes that have no default: each combination must come by a value. */
export const REQUIRED_AXES = ['instanceType', 'model', 'isl', 'osl'] as const satisfies readonly Axis[];
