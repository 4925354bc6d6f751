import type { CapacityType, PriceQuote } from '../ports/prices.ts';

export type EngineName = 'vllm' | 'endpoint';
export type GeneratorName = 'aiperf' | 'genai-perf';
export type EndpointType = 'completions' | 'chat';

/** One load point on a deployment. Lengths in tokens. */
export interface Cell {
  /** Content hash over all axes and the repeat: the same cell has the same id in every run. */
  id: string;
  /** Requests kept in flight; null when the load is open (requestRate). */
  concurrency: number | null;
  /** Requests per second of an open load; null when closed. */
  requestRate: number | null;
  isl: number;
  islStddev: number;
  osl: number;
  oslStddev: number;
  endpoint: EndpointType;
  streaming: boolean;
  /** `synthetic`, or the key of a dataset in the store. */
  dataset: string;
  /** 1-based. */
  repeat: number;
  requestCount: number;
  warmupRequestCount: number;
  /** Derived from the cell's id, so that no two cells send the same prompts. */
  seed: number;
  /** 1-based; grows when a run is resumed over a failed row. */
  attempt: number;
  /** The longest this cell may take, warm-up included; the load Job's activeDeadlineSeconds. */
  timeoutSeconds: number;
}

/** One engine on one instance type with one set of engine settings. */
export interface Deployment {
  /** Content hash over the deployment axes less the capacity type. */
  id: string;
  instanceType: string;
  gpuName: string;
  gpuCount: number;
  vcpus: number;
  /** Tried in this order when there is no capacity. */
  capacityTypes: CapacityType[];
  engine: EngineName;
  model: string;
  tensorParallel: number;
  pipelineParallel: number;
  /** Appended to the engine's own arguments, as they are. */
  engineArguments: string[];
  shmGiB: number;
  generator: GeneratorName;
  /** One per entry of capacityTypes. */
  prices: PriceQuote[];
  /** The engine and its node may live this long from the start of its child execution. */
  maxSeconds: number;
  /** How long to wait for a node before insufficient capacity is believed. */
  capacityPatienceSeconds: number;
  cells: Cell[];
}
