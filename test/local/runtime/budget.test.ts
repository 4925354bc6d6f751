import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stagedKey } from '#core/engines/weights.ts';
import { transitionsUsd } from '#core/plan/estimate.ts';
import { spentUsd } from '#core/plan/spending.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import { parseKey } from '#core/results/layout.ts';
import { readAccount } from '#lambdas/store/spending.ts';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import type { Fault } from '#local/cluster/faults.ts';
import { AWS_LATENCIES } from '#local/cluster/latencies.ts';
import { execute } from '#local/runtime/execute.ts';
import { openRuntime } from '#local/runtime/runtime.ts';
import { memoryStore } from '#local/store/memory-store.ts';
import { type Billed, billUsd } from './bill.ts';
import { SMALL, silentSql } from './virtual-run.ts';

/**
 * How an execution is cut off. `stopped`: the failure rule has released everything before the run is resumed.
 * `releasing`: it is resumed while the failure rule is at work. `killed`: orchestrator and failure rule are gone.
 */
type Cut = { how: 'stopped' | 'releasing' | 'killed'; atEvent: number; resumedAfterS: number };

interface Story {
  budgetUsd: number;
  instanceType: string[];
  cuts: Cut[];
  faults: Fault[];
  /** Records of nodes cannot be written. */
  unrecorded: boolean;
}

const RUN = 'small';
/** An execution that is refused makes a handful of transitions, of which nobody keeps account. */
const REFUSED_USD = transitionsUsd(10);

const DAY_MS = 24 * 3_600_000;

/** The cloud stays while executions come and go. */
async function live({ budgetUsd, instanceType, cuts, faults, unrecorded }: Story) {
  const clock = new VirtualClock();
  const plain = memoryStore();
  const store: ObjectStore = {
    ...plain,
    put: async (key, ...rest) => {
      if (unrecorded && parseKey(key)?.kind === 'deployment-record') throw new Error('no record today');
      return plain.put(key, ...rest);
    },
  };
  const running = new Set<string>();
  const runtime = await openRuntime({
    ...{ clock, store, sql: silentSql, kubelet: 'virtual', latencies: AWS_LATENCIES, engineLoadMs: 120_000, faults },
    executions: { isRunning: async (arn) => running.has(arn) },
  });
  const model = SMALL.defaults.model;
  const billed: Billed[] = [];
  const endings: string[] = [];
  const background: Promise<unknown>[] = [];
  const matrix = { ...SMALL, budgetUsd, matrix: { ...SMALL.matrix, instanceType } };
  for (const cut of [...cuts, undefined]) {
    const fromMs = clock.nowMs();
    const wasStaged = (await store.get(stagedKey(model))) !== undefined;
    let events = 0;
    let dead = false;
    let stop: ((why: string) => void) | undefined;
    const executing = await execute(runtime, {
      ...{ matrix, run: RUN, name: `${RUN}-${billed.length + 1}` },
      around: (invoke) => (name, input) => (dead ? Promise.reject(new Error('nobody calls')) : invoke(name, input)),
      onEvent: () => {
        events += 1;
        if (cut === undefined || events < cut.atEvent || stop === undefined) return;
        dead = cut.how === 'killed';
        stop('cut off');
        stop = undefined;
      },
    });
    const { execution, done } = executing;
    stop = executing.stop;
    running.add(execution.arn);
    let releasedMs = Number.POSITIVE_INFINITY;
    const released = done.then((result) => {
      releasedMs = clock.nowMs();
      return result;
    });
    background.push(released);
    const result = await (cut?.how === 'stopped' || cut === undefined ? released : execution.done);
    const overMs = clock.nowMs();
    running.delete(execution.arn);
    if (cut !== undefined) await clock.sleep(cut.resumedAfterS * 1000);
    const bought = runtime.cloud
      .instanceHistory()
      .some(({ nodePool, launchedAtMs }) => nodePool.includes('-load-') && launchedAtMs >= fromMs);
    billed.push({
      ...{ fromMs, toMs: cut?.how === 'releasing' ? Math.min(releasedMs, clock.nowMs()) : overMs },
      ...{ transitions: execution.transitions(), staged: !wasStaged && bought },
    });
    endings.push(result.error ?? result.status);
  }
  await Promise.all(background);
  await clock.sleep(2 * DAY_MS);
  const usd = await billUsd(runtime, billed);
  const now = new Date(clock.nowMs()).toISOString();
  const account = await readAccount(store, RUN, now, async (left) => new Set(left));
  await runtime.close();
  return { usd, endings, told: account === undefined ? 0 : spentUsd(account.spent) };
}

const cut: fc.Arbitrary<Cut> = fc.record({
  how: fc.constantFrom('stopped', 'releasing', 'killed'),
  atEvent: fc.oneof(fc.integer({ min: 5, max: 400 }), fc.integer({ min: 400, max: 1500 })),
  resumedAfterS: fc.constantFrom(0, 20, 200, 1500, 20_000),
});

const story: fc.Arbitrary<Story> = fc.record({
  budgetUsd: fc.integer({ min: 12, max: 60 }),
  instanceType: fc.constantFrom(['g5.8xlarge', 'g5.16xlarge'], ['p5.48xlarge']),
  cuts: fc.array(cut, { minLength: 1, maxLength: 6 }),
  faults: fc.constantFrom<Fault[]>(
    [],
    [],
    [{ kind: 'node-lost', afterMs: 500_000 }],
    [{ kind: 'slow-node', extraMs: 1_200_000 }],
    [{ kind: 'never-ends', where: { role: 'load' } }],
  ),
  unrecorded: fc.boolean(),
});

describe('promise: a run never spends more than its budget', () => {
  it('however often it is cut off and resumed', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (of) => {
        const { usd, told } = await live(of);
        expect(usd).toBeLessThanOrEqual(of.budgetUsd);
        expect(told + of.cuts.length * REFUSED_USD).toBeGreaterThanOrEqual(usd);
      }),
      { numRuns: 15, endOnFailure: false },
    );
  });
});
