import { join } from 'node:path';
import { engineName, engineUrl } from '#core/cluster/names.ts';
import { readMatrix } from '#core/matrix/read.ts';
import { generatorsOf } from '#core/plan/generator-of.ts';
import { newRunId } from '#core/plan/new-run-id.ts';
import type { GeneratorName } from '#core/plan/types.ts';
import { findPlan } from '#lambdas/store/plan.ts';
import { RealClock } from '../clock/real-clock.ts';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { AWS_LATENCIES, LOCAL_LATENCIES } from '../cluster/latencies.ts';
import { ProcessExecutions } from '../executions/process-executions.ts';
import { autoGenerator, chooseGenerator, type GeneratorChoice } from '../generators/choose-generator.ts';
import { ensureGenerator, type InstalledGenerator } from '../generators/ensure-generator.ts';
import { openDuckDbSql } from '../sql/duckdb-sql.ts';
import { openFolderStore } from '../store/folder-store.ts';
import { OWN_FOLDER } from '../store/keys.ts';
import type { LocalRunOptions, LocalRunResult, StartLocalRun } from './contract.ts';
import { type Executing, execute, executionArn } from './execute.ts';
import { type LocalRuntime, openRuntime } from './runtime.ts';

/** What AWS takes to load gpt-oss-20b from the bucket. */
const ENGINE_LOAD_MS = 120_000;

/** Runs a matrix on this machine: for real on the process kubelet, or as a rehearsal in virtual time. */
export const startLocalRun: StartLocalRun = async (options) => {
  const virtual = options.kubelet === 'virtual';
  const clock = virtual ? new VirtualClock({ startMs: Date.now() }) : new RealClock();
  const store = await openFolderStore(options.storeDir);
  await store.assertWritable();
  const generators = virtual ? {} : await installGenerators(options);
  options.signal?.throwIfAborted();
  const run = options.run ?? newRunId(options.matrix, clock.nowMs());
  const name = `${run}-${Date.now().toString(36)}`;
  const executions = new ProcessExecutions(join(store.root, OWN_FOLDER, 'executions'));
  await executions.begin(executionArn(name));
  const sql = await openDuckDbSql(store.root);
  const letGo = async () => {
    sql.close();
    await executions.end(executionArn(name));
  };
  const runtime = await openRuntime({
    clock,
    store,
    storeRoot: store.root,
    sql,
    executions,
    kubelet: options.kubelet,
    latencies: virtual ? AWS_LATENCIES : LOCAL_LATENCIES,
    engineLoadMs: ENGINE_LOAD_MS,
    ...generators,
  }).catch(async (error: unknown) => {
    await letGo();
    throw error;
  });
  const startedAtMs = clock.nowMs();
  const executing = await execute(runtime, {
    matrix: options.matrix,
    run,
    name,
    ...(options.onEvent && { onEvent: options.onEvent }),
  });
  const done = finish(runtime, executing, run, startedAtMs).finally(letGo);
  return {
    done,
    stop: (reason) => executing.stop(reason),
    engineUrl: ({ cluster, deployment, deadline }) =>
      runtime.cloud.localize(cluster, engineUrl(engineName(run, deployment, deadline))),
  };
};

/** A matrix with mistakes is refused by the state machine's first step: nothing is installed for it. */
async function installGenerators({ matrix, onProgress }: LocalRunOptions) {
  const read = readMatrix(matrix);
  if (!read.ok) return {};
  const auto = autoGenerator();
  const installed: InstalledGenerator[] = [];
  for (const name of generatorsOf(read.matrix, auto.name)) {
    onProgress?.(`Load generator: ${saysOf(name, read.matrix.load.generator, auto)}.`);
    installed.push(await ensureGenerator({ name, ...(onProgress && { onProgress }) }));
  }
  return { autoGenerator: auto.name, installed };
}

function saysOf(name: GeneratorName, asked: 'auto' | GeneratorName, auto: GeneratorChoice): string {
  if (asked !== 'auto') return chooseGenerator(asked).says;
  return name === auto.name ? auto.says : 'AIPerf where genai-perf would not do (an endpoint, gpt-oss in chat)';
}

async function finish(
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
export const nodesLeft = ({ cloud }: LocalRuntime): number =>
  cloud.instanceHistory().filter((instance) => instance.terminatedAtMs === undefined).length;
