import type { GeneratorName } from '#core/plan/types.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import type { Prices, Quotas } from '#core/ports/prices.ts';
import { dayOf } from '#core/results/layout.ts';
import type { TaskInput } from '#core/workflow/task-signatures.ts';
import { goneFrom } from '#lambdas/cluster/still-there.ts';
import { expandMatrix } from '#lambdas/expand-matrix/task.ts';
import { findPlan, readDeployment, type StoredPlan } from '#lambdas/store/plan.ts';
import { collectingNotifier } from '#local/notifier/collecting-notifier.ts';
import { tablePrices } from '#local/prices/table-prices.ts';
import { memoryStore } from '#local/store/memory-store.ts';
import { BEGAN, StandingClock } from './clock.ts';
import { FakeCluster, FakeClusters } from './cluster.ts';

/** Two deployments of two cells. */
export const MATRIX = {
  name: 'small',
  cluster: { name: 'bench' },
  matrix: { instanceType: ['g5.8xlarge', 'g5.16xlarge'], concurrency: [2, 4] },
  defaults: { model: 'openai/gpt-oss-20b', isl: 64, osl: 24 },
  budgetUsd: 20,
};

export const RUN = 'night';
export const FIRST = 'arn:aws:states:us-east-1:1:execution:sb:first';
export const SECOND = 'arn:aws:states:us-east-1:1:execution:sb:second';
export const TARGET = { name: 'bench', version: '1.36', ephemeral: false };
export const NO_FAILURE = { error: '', cause: '' };
export const DAY = dayOf(BEGAN);

/** What the tasks under test see: a store in memory, a cluster of objects, a clock that stands. */
export class World {
  readonly clock = new StandingClock();
  readonly cluster = new FakeCluster(this.clock);
  readonly clusters = new FakeClusters();
  /** ARNs of executions that live. */
  readonly running = new Set<string>([FIRST]);
  readonly executions = { isRunning: async (arn: string) => this.running.has(arn) };
  readonly prices: Prices = tablePrices;
  readonly quotas: Quotas = { vcpuLimit: async () => undefined };
  readonly notifier = collectingNotifier();
  store: ObjectStore = memoryStore();
  /** What `auto` means here. */
  autoGenerator: GeneratorName = 'aiperf';

  readonly connect = async () => this.cluster;

  expand(input: Partial<TaskInput<'ExpandMatrix'>> = {}) {
    return expandMatrix(this, { autoGenerator: this.autoGenerator, askGone: goneFrom(this) })({
      matrix: MATRIX,
      requestedRun: RUN,
      execution: FIRST,
      startedAt: this.clock.iso,
      ...input,
    });
  }

  /** A run that is planned, by its first execution. */
  static async planned(matrix: unknown = MATRIX): Promise<World> {
    const world = new World();
    await world.expand({ matrix });
    return world;
  }

  /** The first execution is gone and the second one has taken the run over. */
  async resume(): Promise<void> {
    this.running.delete(FIRST);
    this.running.add(SECOND);
    await this.expand({ execution: SECOND });
  }

  async plan(): Promise<StoredPlan> {
    return (await findPlan(this.store, RUN))!;
  }

  async deployments() {
    const { deploymentIds } = await this.plan();
    return Promise.all(deploymentIds.map((id) => readDeployment(this.store, RUN, id)));
  }
}
