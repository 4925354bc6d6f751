import type { CapacityType, PriceQuote } from '../ports/prices.ts';
import type { Spending } from './spending.ts';

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
  /** `synthetic`: made by the load generator. Part of the cell's identity: another source is another cell. */
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

/** A server that runs already: nothing is started for it, and nothing of it is released. */
export interface EndpointTarget {
  /** Without a slash at its end and without `/v1`, which the generators add. */
  url: string;
  /** Names of headers, to the names of the environment variables that hold their values: no value is ever stored. */
  headersFrom: Record<string, string>;
  /** PEM: trusted besides the system's. */
  caCertificates?: string;
  /** A DCGM exporter beside it. */
  gpuMetricsUrl?: string;
  /** False for a server that refuses `ignore_eos` and `min_tokens`. */
  pinsOutputLength: boolean;
  /** Whose token counts are believed: the server's own `usage`, or a tokenizer's. */
  tokenCounts: 'server' | 'tokenizer';
  /** In the place of the generator's own choice. */
  tokenizer?: string;
}

/** One engine on one instance type with one set of engine settings. */
export interface Deployment {
  /** Content hash over the deployment axes less the capacity type. */
  id: string;
  /** EC2 instance type; of an endpoint its label, as `endpoint`. */
  instanceType: string;
  /** Set for the engine `endpoint` only. */
  endpoint?: EndpointTarget;
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
  /** One per entry of capacityTypes; none for an endpoint whose price nobody gave. */
  prices: PriceQuote[];
  /** The engine and its node may live this long from the start of its child execution. */
  maxSeconds: number;
  /** How long to wait for a node before insufficient capacity is believed. */
  capacityPatienceSeconds: number;
  cells: Cell[];
}

/** Seconds between polls of one deployment's execution, from poll.ts. */
export interface PollPlan {
  modelPollSeconds: number;
  cellPollSeconds: number;
  releasePollSeconds: number;
}

export interface RunPollPlan {
  clusterPollSeconds: number;
  stagePollSeconds: number;
  releasePollSeconds: number;
}

export interface PlannedDeployment extends Deployment {
  poll: PollPlan;
  /** How long the engine stays up after its last cell, for requests by hand; its deadline comes first. */
  holdSeconds: number;
  /** What comes through NAT for each of its nodes; 0 for an endpoint. */
  downloadUsd: number;
  /** The matrix's remark, such as that nobody has run this before; empty when there is none. */
  note: string;
}

export const NODE_PHASES = ['launch', 'pull', 'load', 'measure', 'idle', 'release'] as const;

/** What a node does while it is paid for. */
export type NodePhase = (typeof NODE_PHASES)[number];

export interface PhaseEstimate {
  seconds: number;
  usd: number;
}

export interface DeploymentEstimate {
  /** Id of the deployment. */
  deployment: string;
  instanceType: string;
  seconds: number;
  usd: number;
  phases: Record<NodePhase, PhaseEstimate>;
  /** The price that the dollars were computed from. */
  price: PriceQuote;
}

/** What the run is expected to take and to cost. Dollars unless a name says otherwise. */
export interface Estimate {
  totalUsd: number;
  /** If every node lives to its deadline and is slow to go: the budget holds even then. */
  worstCaseUsd: number;
  gpuUsd: number;
  loadNodesUsd: number;
  controlPlaneUsd: number;
  downloadsUsd: number;
  orchestrationUsd: number;
  transitions: number;
  /** Sum over deployments. */
  phases: Record<NodePhase, PhaseEstimate>;
  /** From the first deployment's start to the last one's release, deployments in parallel as planned. */
  makespanSeconds: number;
  deployments: DeploymentEstimate[];
  /** What the load generators' nodes were priced with. */
  loadNodePrice: PriceQuote;
}

export interface Slo {
  ttftP95Ms?: number | undefined;
  itlP95Ms?: number | undefined;
  requestLatencyP95Ms?: number | undefined;
}

/** What a run will do: written once, read by every task. */
export interface Plan {
  schema_version: 1;
  run: string;
  /** Of the matrix. */
  name: string;
  region: string;
  cluster: { name: string; ephemeral: boolean; version: string };
  staging: 'bucket' | 'hub';
  generator: GeneratorName;
  slo: Slo;
  /** ISO time. */
  startedAt: string;
  /** ISO time by which everything of the run must be gone: startedAt and maxSeconds. */
  deadline: string;
  maxSeconds: number;
  /** What this execution may spend: what `spent` leaves of the whole budget. */
  budgetUsd: number;
  /** As the matrix has it, for all executions of the run together. */
  wholeBudgetUsd: number;
  /** By the executions before this one. */
  spent: Spending;
  estimate: Estimate;
  /** Deployments at once: from the vCPU quota and the matrix; at least 1. */
  maxConcurrency: number;
  /**
   * What the load generators' nodes are, how many are expected and how many there may be, how many vCPUs the budget
   * has for them, and how long they are kept when they are empty.
   */
  loadPool: { instanceType: string; nodes: number; mostNodes: number; vcpuLimit: number; keepMinutes: number };
  /** What it costs to bring a model's weights to the bucket, by model; empty when they are pulled from the hub. */
  stagingUsd: Record<string, number>;
  poll: RunPollPlan;
  totalCells: number;
  /** Cells that this run has already. */
  skippedCells: number;
  /** Those with cells left, the longest first. */
  deployments: PlannedDeployment[];
}
