import type { ClusterInstance } from '#core/ports/managed-clusters.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import type { DeployedStack, ExecutionSummary, RunSchedule, StackPorts } from '#core/ports/stack.ts';
import { quote } from '#core/pricing/quote.ts';
import { AwsError } from '#core/stack/errors.ts';
import { Output } from '#core/stack/outputs.ts';
import { VERSION } from '#core/stack/version.ts';
import type { Zone } from '#core/stack/zones.ts';
import { noQuotas } from '#local/prices/table-prices.ts';
import { memoryStore } from '#local/store/memory-store.ts';

export const OUTPUTS: Record<string, string> = {
  [Output.version]: VERSION,
  [Output.stateMachineArn]: 'arn:aws:states:us-east-1:111122223333:stateMachine:Benchmark:live',
  [Output.resultsBucket]: 'results',
  [Output.athenaWorkgroup]: 'stepbench',
  [Output.glueDatabase]: 'stepbench',
  [Output.statusFunction]: 'Status:live',
  [Output.janitorFunction]: 'Janitor:live',
  [Output.scheduleGroup]: 'schedules',
  [Output.scheduleRoleArn]: 'arn:aws:iam::111122223333:role/schedules',
  [Output.scheduleDeadLetterArn]: 'arn:aws:sqs:us-east-1:111122223333:dead',
  [Output.clusterName]: 'stepbench',
};

export const stackOf = (changes: Partial<DeployedStack> = {}): DeployedStack => ({
  name: 'bench',
  status: 'CREATE_COMPLETE',
  drift: 'NOT_CHECKED',
  outputs: OUTPUTS,
  ...changes,
});

interface Standing {
  stack: DeployedStack | undefined;
  bootstrap: number | undefined;
  zones: Zone[];
  notOffered: string[];
  /** Zones that have a type, where not all of them do. */
  only: Record<string, string[]>;
  /** Name, and the stack that made it. */
  clusters: Map<string, string | null>;
  /** Of node pools, by cluster; those of a cluster go with it. */
  nodes: Map<string, ClusterInstance[]>;
  bucket: boolean;
  running: ExecutionSummary[];
  schedules: (RunSchedule & { enabled: boolean })[];
  /** What functions answer, in order. */
  answers: unknown[];
  store: ObjectStore;
}

interface FakeAws extends StackPorts {
  /** Whatever was changed or started, in order, with what was said. */
  readonly done: [what: string, how: unknown][];
  readonly has: Standing;
}

/** An account with a stack in it, of which everything can be asked. What is deleted is gone at once. */
export function fakeAws(standing: Partial<Standing> = {}): FakeAws {
  const has: Standing = {
    stack: stackOf(),
    bootstrap: 21,
    zones: ['a', 'b', 'c'].map((letter, index) => ({ name: `us-east-1${letter}`, id: `use1-az${index + 4}` })),
    notOffered: [],
    only: {},
    clusters: new Map(),
    nodes: new Map(),
    bucket: true,
    running: [],
    schedules: [],
    answers: [],
    store: memoryStore(),
    ...standing,
  };
  const done: FakeAws['done'] = [];
  const note = (what: string, how: unknown): void => void done.push([what, how]);
  return {
    region: 'us-east-1',
    done,
    has,
    account: {
      identity: async () => ({ account: '111122223333', arn: 'arn:aws:iam::111122223333:user/me' }),
      bootstrapVersion: async () => has.bootstrap,
      zones: async () => has.zones,
      notOffered: async (types) => types.filter((type) => has.notOffered.includes(type)),
      offeredIn: async (types) =>
        new Map(
          has.zones.map(({ name }) => [name, new Set(types.filter((type) => has.only[type]?.includes(name) ?? true))]),
        ),
    },
    stacks: {
      find: async () => has.stack,
      delete: async (name) => {
        note('delete stack', name);
        has.stack = undefined;
      },
    },
    executions: {
      start: async (request) => {
        note('start', request);
        return `arn:aws:states:us-east-1:111122223333:execution:Benchmark:${request.name}`;
      },
      describe: async (arn) => has.running.find((one) => one.arn === arn),
      running: async function* () {
        yield* has.running;
      },
      stop: async (arn) => {
        note('stop', arn);
        has.running = has.running.filter((one) => one.arn !== arn);
      },
      events: async () => [],
      children: async function* () {},
    },
    functions: {
      invoke: async (name, payload) => {
        note(name, payload);
        return has.answers.shift();
      },
    },
    schedules: {
      create: async (schedule, target) => {
        if (has.schedules.some(({ name }) => name === schedule.name)) throw new AwsError('exists', 'it is there');
        note('create schedule', { schedule, target });
        has.schedules.push({ ...schedule, enabled: true });
      },
      list: async () => [...has.schedules],
      delete: async (_group, name) => {
        const found = has.schedules.some((one) => one.name === name);
        has.schedules = has.schedules.filter((one) => one.name !== name);
        if (found) note('delete schedule', name);
        return found;
      },
    },
    clusters: {
      owner: async (name) => {
        const stack = has.clusters.get(name);
        return stack === undefined ? undefined : { stack, status: 'ACTIVE' };
      },
      ofStack: async (stack) => [...has.clusters].filter(([, of]) => of === stack).map(([name]) => name),
      nodes: async (name) => has.nodes.get(name) ?? [],
      endNodes: async (name) => {
        note('end nodes', name);
        has.nodes.delete(name);
      },
      delete: async (name) => {
        note('delete cluster', name);
        has.clusters.delete(name);
        has.nodes.delete(name);
      },
    },
    bucketExists: async () => has.bucket,
    prices: { quote: async (request) => quote(request) },
    quotas: noQuotas,
    openStore: () => has.store,
    openSql: () => {
      throw new Error('nothing was to be asked');
    },
  };
}

export const executionOf = (name: string): ExecutionSummary => ({
  arn: `arn:aws:states:us-east-1:111122223333:execution:Benchmark:${name}`,
  name,
  status: 'RUNNING',
  startedAt: '2026-10-01T12:00:00.000Z',
});
