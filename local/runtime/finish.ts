import { findPlan } from '#lambdas/store/plan.ts';
import type { LocalRunResult } from './contract.ts';
import type { Executing } from './execute.ts';
import type { LocalRuntime } from './runtime.ts';

/** Waits for the end of an execution, closes what stood behind it, and tells how it ended. */
export async function finish(
  runtime: LocalRuntime,
  { execution, done }: Executing,
  run: string,
  startedAtMs: number,
): Promise<LocalRunResult> {
  try {
    const result = await done;
    const plan = await findPlan(runtime.ports.store, run).catch(() => 'unreadable');
    const output = (result.output ?? {}) as {
      status?: 'SUCCEEDED' | 'PARTIAL';
      reportKey?: string;
    };
    return {
      run,
      status: result.status === 'ABORTED' ? 'ABORTED' : (output.status ?? 'FAILED'),
      ...(result.error === undefined ? {} : { error: result.error }),
      ...(result.cause === undefined ? {} : { cause: result.cause }),
      warnings: result.warnings,
      reportKey: output.reportKey ?? '',
      nodesLeft: nodesLeft(runtime),
      startedAtMs,
      endedAtMs: runtime.clock.nowMs(),
      transitions: execution.transitions(),
      ...(plan === undefined && { neverPlanned: true as const }),
    };
  } finally {
    await runtime.close();
  }
}

/** Instances that nobody ended. */
const nodesLeft = ({ cloud }: LocalRuntime): number =>
  cloud.instanceHistory().filter((instance) => instance.terminatedAtMs === undefined).length;
