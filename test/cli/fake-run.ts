import { planOf } from '#cli/planning.ts';
import type { ExecutionEvent } from '#core/progress/execution-event.ts';
import type {
  LocalRunOptions,
  LocalRunResult,
  RehearsalOptions,
  Rehearse,
  StartLocalRun,
} from '#local/runtime/contract.ts';
import { History } from '#test/core/progress/history.ts';
import { measured, released, upToReady } from '#test/core/progress/scenario.ts';
import { NOW_MS } from './fake-cli.ts';

const RUN = 'arn:run';

export const RESULT: LocalRunResult = {
  status: 'SUCCEEDED',
  run: 'small-1001-120000',
  warnings: [],
  reportKey: 'runs/small-1001-120000/report.html',
  nodesLeft: 0,
  startedAtMs: NOW_MS,
  endedAtMs: NOW_MS + 250_000,
  transitions: 123,
};

/** The events of a run over the matrix, every cell measured, one deployment after the other. */
export function eventsOf(matrix: unknown): ExecutionEvent[] {
  const plan = planOf(matrix, 'test', { run: 'r', nowMs: NOW_MS });
  const run = new History(RUN, { startMs: NOW_MS })
    .start({})
    .task('ExpandMatrix', {}, { run: 'r', deploymentCount: plan.deployments.length })
    .enter('ForEachDeployment', 'Map');
  const children = plan.deployments.map(({ id, cells }) => {
    const history = upToReady(
      new History(`arn:${id}`, { parent: RUN, startMs: NOW_MS }).start({
        deployment: id,
        cells: cells.map((cell) => ({ cell: cell.id })),
      }),
    );
    for (const cell of cells) measured(history, cell.id);
    return released(history.add('MapStateSucceeded'));
  });
  const before = run.events.length;
  run.wait(200).add('MapStateSucceeded').task('ReleaseRun', {}, { status: 'done' }).succeed({ status: 'SUCCEEDED' });
  return [...run.events.slice(0, before), ...children.flatMap(({ events }) => events), ...run.events.slice(before)];
}

/** A run that goes through its events at once and ends like this. */
export function fakeRun(result: Partial<LocalRunResult> = {}, seen: LocalRunOptions[] = []): StartLocalRun {
  return async (options) => {
    seen.push(options);
    for (const event of eventsOf(options.matrix)) options.onEvent?.(event);
    return { done: Promise.resolve({ ...RESULT, ...result }), stop: () => {}, engineUrl: () => 'http://127.0.0.1:1' };
  };
}

export function fakeRehearsal(result: Partial<LocalRunResult> = {}, seen: RehearsalOptions[] = []): Rehearse {
  return async (options) => {
    seen.push(options);
    for (const event of eventsOf(options.matrix)) options.onEvent?.(event);
    return { ...RESULT, ...result };
  };
}
