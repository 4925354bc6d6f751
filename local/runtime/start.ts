import { join } from 'node:path';
import { engineName, engineUrl } from '#core/cluster/names.ts';
import { readMatrix } from '#core/matrix/read.ts';
import { generatorsOf } from '#core/plan/generator-of.ts';
import { newRunId } from '#core/plan/new-run-id.ts';
import type { GeneratorName } from '#core/plan/types.ts';
import { RealClock } from '../clock/real-clock.ts';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { AWS_LATENCIES, ENGINE_LOAD_MS, LOCAL_LATENCIES } from '../cluster/latencies.ts';
import { ProcessExecutions } from '../executions/process-executions.ts';
import { autoGenerator, chooseGenerator, type GeneratorChoice } from '../generators/choose-generator.ts';
import { ensureGenerator, type InstalledGenerator } from '../generators/ensure-generator.ts';
import { openDuckDbSql } from '../sql/duckdb-sql.ts';
import { openFolderStore } from '../store/folder-store.ts';
import { OWN_FOLDER } from '../store/keys.ts';
import type { LocalRunOptions, StartLocalRun } from './contract.ts';
import { execute, executionArn } from './execute.ts';
import { finish } from './finish.ts';
import { openRuntime } from './runtime.ts';

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
