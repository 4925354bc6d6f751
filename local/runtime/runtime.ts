import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { STAGER_IMAGE } from '#core/cluster/stager.ts';
import { UPLOADER_IMAGE } from '#core/cluster/uploader.ts';
import { VLLM_IMAGE } from '#core/engines/vllm.ts';
import { AUTO_IN_AWS, generatorFor } from '#core/generators/generators.ts';
import type { GeneratorName } from '#core/plan/types.ts';
import type { Executions } from '#core/ports/executions.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { Sql } from '#core/ports/sql.ts';
import type { TaskName } from '#core/workflow/task-signatures.ts';
import { goneFrom } from '#lambdas/cluster/still-there.ts';
import { findDeployment } from '#lambdas/store/plan.ts';
import type { TimerClock } from '../clock/timer-clock.ts';
import { type Fault, Faults } from '../cluster/faults.ts';
import type { Latencies } from '../cluster/latencies.ts';
import { createLocalCloud, type LocalCloud, type LocalCloudOptions } from '../cluster/local-cloud.ts';
import type { InstalledGenerator } from '../generators/ensure-generator.ts';
import { simulatedEngine } from '../images/engine.ts';
import { generator } from '../images/generator.ts';
import { localStager } from '../images/stager.ts';
import { localUploader } from '../images/uploader.ts';
import type { VirtualLoadOptions } from '../images/virtual-load.ts';
import { collectingNotifier } from '../notifier/collecting-notifier.ts';
import { noQuotas, tablePrices } from '../prices/table-prices.ts';
import { loadQueries } from '../sql/query-files.ts';
import { headerValues } from './header-values.ts';
import { heldSql } from './held-sql.ts';
import { bindTasks, type Tasks } from './tasks.ts';
import { makeWorkFolder, sweepWorkFolders, temporaryFolder } from './work-folder.ts';

export interface RuntimeOptions {
  clock: TimerClock;
  store: ObjectStore;
  /** Of the store, where it is a folder: what a real uploader writes to. */
  storeRoot?: string;
  sql: Sql;
  executions: Executions;
  kubelet: 'process' | 'virtual';
  latencies: Latencies;
  /** What `auto` means: what it means in AWS when left out. */
  autoGenerator?: GeneratorName;
  /** Needed by the process kubelet: those that the matrix needs. */
  installed?: readonly InstalledGenerator[];
  faults?: readonly Fault[];
  /** From the start of a virtual engine until it is ready. */
  engineLoadMs: number;
  /** In place of the model's: how long virtual loads take. */
  secondsOf?: VirtualLoadOptions['secondsOf'];
  /** Clusters that stand already. */
  existing?: LocalCloudOptions['existing'];
}

/** Everything that stands behind the state machine on this machine. */
export interface LocalRuntime {
  ports: Ports;
  tasks: Tasks;
  cloud: LocalCloud;
  clock: TimerClock;
  /** Ends every process. */
  close(): Promise<void>;
}

/** A simulated engine is ready this long after its start: enough to see it load, too short to wait for. */
const STARTUP = '1s';
const SEED = 1;

/**
 * A load generator keeps one core busy and must not wait for it, or the figures are those of the client: two
 * cores for each deployment, with its engine.
 */
const MOST_AT_ONCE = Math.max(1, Math.floor(availableParallelism() / 2));

/** The virtual kubelet keeps its files in memory. */
const NO_FOLDER = '/nowhere';

export async function openRuntime(options: RuntimeOptions): Promise<LocalRuntime> {
  const { clock, store } = options;
  const workDir = options.kubelet === 'virtual' ? undefined : await newWorkFolder();
  const temporary = workDir && (await temporaryFolder(workDir));
  const loadGenerator = (name: GeneratorName) =>
    generator({
      installed: options.installed?.find((one) => one.name === name),
      ...(temporary !== undefined && { temporary }),
      findDeployment: (run, deployment) => findDeployment(store, run, deployment),
      nowMs: () => clock.nowMs(),
      ...(options.secondsOf && { secondsOf: options.secondsOf }),
    });
  const cloud = createLocalCloud({
    clock,
    kubelet: options.kubelet,
    workDir: workDir ?? NO_FOLDER,
    latencies: options.latencies,
    faults: new Faults(clock, options.faults),
    ...(options.existing && { existing: options.existing }),
    secrets: headerValues(options.kubelet),
    images: {
      [VLLM_IMAGE]: simulatedEngine({ startup: STARTUP, virtualStartupMs: options.engineLoadMs, seed: SEED }),
      [generatorFor('aiperf').image]: loadGenerator('aiperf'),
      [generatorFor('genai-perf').image]: loadGenerator('genai-perf'),
      [UPLOADER_IMAGE]: localUploader(store, options.storeRoot ?? ''),
      [STAGER_IMAGE]: localStager(store),
    },
  });
  const ports: Ports = {
    clock,
    connect: cloud.connect,
    clusters: cloud.clusters,
    store,
    prices: tablePrices,
    quotas: noQuotas,
    sql: heldSql(options.sql, clock),
    notifier: collectingNotifier(),
    executions: options.executions,
  };
  return {
    ports,
    tasks: bindTasks(ports, loadQueries(), {
      autoGenerator: options.autoGenerator ?? AUTO_IN_AWS,
      askGone: goneFrom(ports),
      ...(options.kubelet === 'process' && { mostAtOnce: MOST_AT_ONCE }),
    }),
    cloud,
    clock,
    close: async () => {
      try {
        await cloud.close();
      } finally {
        if (workDir !== undefined) await rm(workDir, { recursive: true, force: true });
      }
    },
  };
}

async function newWorkFolder(): Promise<string> {
  await sweepWorkFolders();
  return makeWorkFolder();
}

export type InvokeTask = (name: TaskName, input: unknown) => Promise<unknown>;

/** Calls a task by its name, as the state machine does. */
export const invoker =
  (tasks: Tasks): InvokeTask =>
  (name, input) =>
    (tasks[name] as (input: unknown) => Promise<unknown>)(input);
