import type { HistoryEvent } from '../progress/execution-event.ts';
import type { OutputName } from '../stack/outputs.ts';
import type { Offered, Zone } from '../stack/zones.ts';
import type { ExecutionInput } from '../workflow/payload.ts';
import type { ClusterInstance } from './managed-clusters.ts';
import type { ObjectStore } from './object-store.ts';
import type { Prices, Quotas } from './prices.ts';
import type { Sql } from './sql.ts';

/**
 * What the command line needs of an AWS account: aws/stack has it over the SDK. Whatever fails there is thrown as an
 * AwsError (core/stack/errors.ts).
 */
export interface StackPorts {
  readonly region: string;
  readonly account: Account;
  readonly stacks: Stacks;
  readonly executions: StackExecutions;
  readonly functions: Functions;
  readonly schedules: Schedules;
  readonly clusters: OwnClusters;
  readonly prices: Prices;
  readonly quotas: Quotas;
  /** Whether the bucket is there, empty or not. @throws AwsError where S3 does not say: 403 is of both. */
  bucketExists(bucket: string): Promise<boolean>;
  openStore(bucket: string): ObjectStore;
  openSql(of: { workgroup: string; database: string }): Sql;
}

export interface Account {
  /** Twelve digits, and who asks. */
  identity(): Promise<{ account: string; arn: string }>;
  /** Version of the CDK's own stack in this account and region; undefined when it was never made. */
  bootstrapVersion(): Promise<number | undefined>;
  /** Availability Zones of the region that the account may use; no Local or Wavelength Zones. */
  zones(): Promise<Zone[]>;
  /** Those of the instance types that no zone of the region has. */
  notOffered(instanceTypes: readonly string[]): Promise<string[]>;
  /** Which of the instance types each zone has. */
  offeredIn(instanceTypes: readonly string[]): Promise<Offered>;
}

export interface DeployedStack {
  name: string;
  /** CloudFormation's, such as CREATE_COMPLETE. */
  status: string;
  /** Why it has that status, in AWS's words. */
  reason?: string;
  /** As the last drift detection left it; CloudFormation only looks when it is told to. */
  drift: 'IN_SYNC' | 'DRIFTED' | 'UNKNOWN' | 'NOT_CHECKED';
  outputs: Partial<Record<OutputName, string>>;
}

export interface Stacks {
  find(name: string): Promise<DeployedStack | undefined>;
  /** Starts the deletion and returns; what the stack retains stays. */
  delete(name: string): Promise<void>;
}

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'PENDING_REDRIVE';

export interface ExecutionSummary {
  arn: string;
  name: string;
  status: ExecutionStatus;
  /** ISO time. */
  startedAt: string;
  /** ISO time; absent while it runs. */
  endedAt?: string;
}

export interface StackExecutions {
  /** @returns the execution's ARN. A name that was used before for another input is an AwsError `exists`. */
  start(request: { stateMachine: string; name: string; input: ExecutionInput }): Promise<string>;
  describe(execution: string): Promise<ExecutionSummary | undefined>;
  /** Those of the state machine that run now. */
  running(stateMachine: string): AsyncIterable<ExecutionSummary>;
  stop(execution: string, why: { error: string; cause: string }): Promise<void>;
  /** The events of the history that come after this id, in the order of ids. */
  events(execution: string, afterId: number): Promise<HistoryEvent[]>;
  /** The executions of a map run's items; the event MapRunStarted has its ARN. */
  children(mapRun: string): AsyncIterable<ExecutionSummary>;
}

export interface Functions {
  /** @throws AwsError `function-failed` when the function threw. */
  invoke(name: string, payload: unknown): Promise<unknown>;
}

/** One execution of the state machine again and again. */
export interface RunSchedule {
  name: string;
  /** EventBridge Scheduler's: cron(...), rate(...) or at(...). */
  expression: string;
  /** IANA name, such as Europe/Zurich. */
  timeZone: string;
  /** What each execution is started with. */
  input: unknown;
  /** Deliveries after the first one, for as long as `retryForSeconds`. */
  retries: number;
  retryForSeconds: number;
}

/** What the stack has for all of its schedules. */
export interface ScheduleTarget {
  group: string;
  stateMachine: string;
  roleArn: string;
  deadLetterArn: string;
}

export interface Schedules {
  /** @throws AwsError `exists` when the group has one of that name. */
  create(schedule: RunSchedule, target: ScheduleTarget): Promise<void>;
  list(group: string): Promise<(RunSchedule & { enabled: boolean })[]>;
  /** False when there was none of that name. */
  delete(group: string, name: string): Promise<boolean>;
}

export interface OwnClusters {
  /** Which stack made the cluster, by its tag: null when none of ours did. Undefined when there is no such cluster. */
  owner(cluster: string): Promise<{ stack: string | null; status: string } | undefined>;
  /** Names of all clusters that the stack has made. */
  ofStack(stack: string): Promise<string[]>;
  /** Instances of its node pools that EC2 has, whosever, the cluster being there or not. */
  nodes(cluster: string): Promise<ClusterInstance[]>;
  /** Turns Auto Mode's compute off: EKS ends every instance of the cluster. Only on one that the stack has made. */
  endNodes(cluster: string): Promise<void>;
  /** Starts the deletion; nothing to delete is no error. @throws AwsError `busy` while EKS makes or changes it. */
  delete(cluster: string): Promise<void>;
}
