import type { ExecutionEvent } from '#core/progress/execution-event.ts';
import { type RunProgress, startProgress } from '#core/progress/progress.ts';
import { reduce } from '#core/progress/reduce.ts';
import { History } from './history.ts';

export const RUN = 'arn:run';

/** $3.60 an hour is 0.1 cent a second; $36 an hour a cent. */
export const PLAN = [planned('d1', [3.6, 36], ['c1', 'c2']), planned('d2', [3.6], ['c3'])];

function planned(id: string, rates: number[], cells: string[]) {
  const prices = rates.map((priceUsdPerHour) => ({ priceUsdPerHour, feeUsdPerHour: 0 }));
  return { id, prices, cells: cells.map((cell) => ({ id: cell })) } as unknown as Parameters<
    typeof startProgress
  >[0][number];
}

export const after = (...events: readonly ExecutionEvent[][]): RunProgress =>
  events.flat().reduce(reduce, startProgress(PLAN));

export const child = (deployment: string, cells: unknown = [{ cell: 'c1' }, { cell: 'c2' }]): History =>
  new History(`arn:${deployment}`, { parent: RUN }).start({ run: 'r', deployment, cells });

/** 60 s until the node is there, 30 s of pull, 10 s of load. */
export const upToReady = (history: History): History =>
  history
    .task('ProvisionNodePool', { capacity: 0 }, { nodePool: 'n' })
    .task('DeployModel', {}, { job: 'j' })
    .task('CheckModel', {}, { status: 'pending' })
    .wait(60)
    .task('CheckModel', {}, { status: 'pulling' })
    .wait(30)
    .task('CheckModel', {}, { status: 'loading' })
    .wait(10)
    .task('CheckModel', {}, { status: 'ready' })
    .enter('ForEachCell', 'Map')
    .add('MapStateStarted');

/** 20 s of measuring. */
export const measured = (history: History, cell: string, status = 'valid'): History =>
  history
    .add('MapIterationStarted')
    .task('LaunchJob', { cell }, { job: 'j' })
    .task('CheckJob', { cell }, { status: 'running' })
    .wait(20)
    .task('CheckJob', { cell }, { status: 'finished' })
    .task('RecordResult', { cell }, { status });

/** 5 s of release. */
export const released = (history: History, status = 'measured'): History =>
  history
    .task('ReleaseDeployment', {}, { status: 'pending' })
    .wait(5)
    .task('ReleaseDeployment', {}, { status: 'done' })
    .succeed({ deployment: 'd', status });

export const wholeChild = (deployment: string, cells: readonly string[]): History => {
  const history = upToReady(
    child(
      deployment,
      cells.map((cell) => ({ cell })),
    ),
  );
  for (const cell of cells) measured(history, cell);
  return released(history.add('MapStateSucceeded'));
};

export const wholeRun = (): History =>
  new History(RUN)
    .start({ matrix: {} })
    .task('ExpandMatrix', {}, { run: 'r', estimateUsd: 1.5, budgetUsd: 5, deploymentCount: 2 })
    .task('ProvisionCluster', {}, { status: 'done' })
    .enter('ForEachDeployment', 'Map')
    .wait(150)
    .add('MapStateSucceeded')
    .task('FinalizeRun', {}, { status: 'done', cells: { total: 3, valid: 3, invalid: 0, failed: 0 } })
    .task('ReleaseRun', {}, { status: 'done' })
    .succeed({ status: 'SUCCEEDED' });
