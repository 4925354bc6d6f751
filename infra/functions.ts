import type { GuardName } from '#core/stack/environment.ts';
import type { TaskName } from '#core/workflow/task-signatures.ts';
import { type Need, TASK_NAMES, TASKS } from '#core/workflow/tasks.ts';

export type FunctionName = TaskName | GuardName;

/** A function of the stack: what the grants, the network and the bundle of it follow from. */
export interface FunctionRow {
  /** Folder of lambdas/ with its index.ts. */
  folder: string;
  timeoutSeconds: number;
  needs: readonly Need[];
  /** Asks the questions of queries/, which are put beside its code. */
  bundlesQueries: boolean;
  memoryMb: number;
  description: string;
}

const RELEASES: readonly Need[] = [
  ...new Set([...TASKS.FinalizeRun.needs, ...TASKS.ReleaseRun.needs, 'counted:write' as const]),
];

const GUARDS: Record<GuardName, Omit<FunctionRow, 'folder' | 'bundlesQueries' | 'memoryMb'>> = {
  Guard: {
    timeoutSeconds: 300,
    needs: [...RELEASES, 'told:write', 'notify'],
    description: 'Lets go of a run whose execution failed, timed out or was stopped, and tells of it',
  },
  Janitor: {
    timeoutSeconds: 300,
    needs: [...RELEASES, 'clusters:disable', 'clusters:end-admin', 'lease:announce'],
    description: 'Every five minutes: lets go of what nobody looks after any more',
  },
  Status: {
    timeoutSeconds: 30,
    needs: ['kubernetes', 'clusters:describe', 'lease:read'],
    description: 'What stands of a run in its cluster; reads only',
  },
};

/** `DeployModel` is in deploy-model/. */
const folderOf = (name: string): string => name.replace(/\B[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

const ASKS: readonly FunctionName[] = ['QueryPricePerformance', 'PublishReport'];
/** Files of thousands of requests are parsed, tables written, pages rendered: those have a whole vCPU. */
const HEAVY: readonly FunctionName[] = [
  'ExpandMatrix',
  'RecordResult',
  'FinalizeRun',
  'PublishReport',
  'Guard',
  'Janitor',
];
const HEAVY_MB = 1769;
const LIGHT_MB = 512;

const row = (name: FunctionName, of: Omit<FunctionRow, 'folder' | 'bundlesQueries' | 'memoryMb'>): FunctionRow => ({
  ...of,
  folder: folderOf(name),
  bundlesQueries: ASKS.includes(name),
  memoryMb: HEAVY.includes(name) ? HEAVY_MB : LIGHT_MB,
});

export const FUNCTIONS = Object.fromEntries([
  ...TASK_NAMES.map((name) => [
    name,
    row(name, {
      timeoutSeconds: TASKS[name].timeoutSeconds,
      needs: TASKS[name].needs,
      description: `Task of the benchmark's state machine (${TASKS[name].phase})`,
    }),
  ]),
  ...Object.entries(GUARDS).map(([name, of]) => [name, row(name as GuardName, of)]),
]) as Record<FunctionName, FunctionRow>;

export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as FunctionName[];

export const speaksKubernetes = (name: FunctionName): boolean => FUNCTIONS[name].needs.includes('kubernetes');
