import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heldUntilMs } from '#core/progress/deployment-progress.ts';
import { allReleased, byPhase, countCells, overview } from '#core/progress/overview.ts';
import type { RunProgress } from '#core/progress/progress.ts';
import { History } from './history.ts';
import { after, child, measured, PLAN, RUN, released, upToReady, wholeChild, wholeRun } from './scenario.ts';

const LATER = Date.parse('2027-01-01T00:00:00Z');
const first = (progress: RunProgress, nowMs = LATER) => overview(progress, progress.deployments[0]!, nowMs);
const statuses = (progress: RunProgress) => first(progress).cells.map(({ status }) => status);

describe('the progress of a deployment', () => {
  it('follows the phases of its node and pays for each of them', () => {
    const history = wholeChild('d1', ['c1', 'c2']);
    const { phase, spans, spentUsd, cellsDone, elapsedMs } = first(after(history.events));
    expect(phase).toBe('done');
    expect(cellsDone).toBe(2);
    const seconds = Object.fromEntries(byPhase(spans).map((total) => [total.phase, total.seconds]));
    expect(seconds).toEqual({ launch: 60, pull: 30, load: 10, measure: 40, idle: 0, release: 5 });
    expect(elapsedMs).toBe(145_000);
    expect(spentUsd).toBeCloseTo(0.145, 9);
  });

  it('is in the phase that its last event put it in, and goes on paying until now', () => {
    const history = upToReady(child('d1')).add('MapIterationStarted').task('LaunchJob', { cell: 'c1' }, {});
    const at = first(after(history.events), history.nowMs + 10_000);
    expect(at.phase).toBe('measure');
    expect(at.cells[0]?.status).toBe('running');
    expect(at.spentUsd).toBeCloseTo(0.11, 9);
  });

  it('is held after its cells for as long as the machine waits, its deadline at the latest, and goes on paying', () => {
    const held = (deadline: string) => {
      const history = new History('arn:d1', { parent: RUN }).start({
        ...{ run: 'r', deployment: 'd1', cells: [{ cell: 'c1' }], holdSeconds: 600 },
      });
      history.task('ProvisionNodePool', { capacity: 0, deploymentDeadline: deadline }, {});
      return measured(upToReady(history), 'c1').enter('HoldDeployment', 'Wait');
    };
    const history = held('2026-10-01T10:00:00.000Z');
    const progress = after(history.events);
    expect(first(progress, history.nowMs + 100_000)).toMatchObject({ phase: 'hold' });
    expect(first(progress, history.nowMs + 100_000).spentUsd).toBeCloseTo(0.22, 9);
    expect(heldUntilMs(progress.deployments[0]!)).toBe(history.nowMs + 600_000);
    const short = after(held('2026-10-01T00:03:00.000Z').events);
    expect(heldUntilMs(short.deployments[0]!)).toBe(Date.parse('2026-10-01T00:03:00.000Z'));
    history.wait(600).exit('HoldDeployment', 'Wait');
    const { spans } = first(after(released(history).events));
    // To the run it is idle, as it is in the table of deployments.
    expect(byPhase(spans).find(({ phase }) => phase === 'idle')?.seconds).toBe(600);
    expect(heldUntilMs(after(history.events).deployments[1]!)).toBeUndefined();
  });

  it('says of every cell what became of it, and why', () => {
    const history = measured(upToReady(child('d1')), 'c1', 'invalid')
      .add('MapIterationStarted')
      .task('LaunchJob', { cell: 'c2' }, {})
      .enter('CheckJob')
      .call({ cell: 'c2' })
      .throw('GeneratorFailed', 'exit code 3')
      .exit('CheckJob')
      .task(
        'RecordCellFailure',
        {
          cells: [{ cell: 'c2' }],
          failure: { error: 'GeneratorFailed', cause: '{"errorMessage":"exit code 3","trace":[' },
        },
        { recorded: 1 },
      );
    const { cells } = first(after(released(history).events));
    expect(cells.map(({ status }) => status)).toEqual(['invalid', 'failed']);
    expect(cells[1]?.failure).toEqual({ error: 'GeneratorFailed', cause: 'exit code 3' });
  });

  it('lets every cell fail with the deployment, except those that were measured', () => {
    const history = measured(upToReady(child('d1')), 'c1').task(
      'RecordDeploymentFailure',
      { cells: [{ cell: 'c1' }, { cell: 'c2' }], failure: { error: 'EngineFailed', cause: 'CUDA out of memory' } },
      { recorded: 1 },
    );
    const { cells, phase } = first(after(released(history, 'failed').events));
    expect(phase).toBe('done');
    expect(cells.map(({ status }) => status)).toEqual(['valid', 'failed']);
    expect(cells[1]?.failure?.cause).toBe('CUDA out of memory');
  });

  it('pays nothing while it waits for capacity that does not come, and the price of the capacity that does', () => {
    const waiting = child('d1')
      .task('ProvisionNodePool', { capacity: 0 }, {})
      .task('CheckModel', {}, { status: 'pending' })
      .wait(600)
      .task('CheckModel', {}, { status: 'no-capacity' });
    expect(first(after(waiting.events), waiting.nowMs + 60_000).spentUsd).toBe(0);
    const other = waiting
      .enter('TryNextCapacityType', 'Pass')
      .task('ProvisionNodePool', { capacity: 1 }, {})
      .wait(10)
      .task('CheckModel', {}, { status: 'ready' });
    expect(first(after(other.events), other.nowMs).spentUsd).toBeCloseTo(0.1, 9);
  });

  it('pays nothing on its way out when no capacity came at all', () => {
    const history = child('d1')
      .task('ProvisionNodePool', { capacity: 0 }, {})
      .wait(600)
      .task('CheckModel', {}, { status: 'no-capacity' })
      .task('RecordDeploymentFailure', { failure: { error: 'NoCapacity', cause: '' } }, { recorded: 2 })
      .wait(30);
    expect(first(after(released(history, 'failed').events)).spentUsd).toBe(0);
  });

  it('counts a task called again as a retry, a poll as none', () => {
    const history = child('d1')
      .enter('ProvisionNodePool')
      .call({ capacity: 0 })
      .throw('Retryable', 'throttled')
      .wait(2)
      .call({ capacity: 0 })
      .return({})
      .exit('ProvisionNodePool')
      .task('CheckModel', {}, { status: 'pending' })
      .task('CheckModel', {}, { status: 'pending' });
    const [deployment] = after(history.events).deployments;
    expect(deployment?.retries).toBe(1);
    expect(deployment?.lastError).toEqual({ state: 'ProvisionNodePool', error: 'Retryable', message: 'throttled' });
  });

  it('knows the cells that an earlier execution has measured, also when only one is left', () => {
    // JSONata gives an array of one as its only element.
    expect(statuses(after(child('d1', { cell: 'c2' }).events))).toEqual(['earlier', 'waiting']);
  });

  it('goes on paying for a node that was not released until the run has released it', () => {
    const lost = released(upToReady(child('d1')), 'not-released');
    expect(first(after(lost.events), lost.nowMs + 100_000).phase).toBe('release');
    expect(first(after(lost.events), lost.nowMs + 100_000).spentUsd).toBeCloseTo(0.205, 9);
    const run = new History(RUN, { startMs: lost.nowMs }).wait(40).task('ReleaseRun', {}, { status: 'done' });
    expect(first(after(lost.events, run.events)).phase).toBe('done');
    expect(first(after(lost.events, run.events)).spentUsd).toBeCloseTo(0.145, 9);
  });

  it('leaves no cell open when it is aborted', () => {
    const progress = after(upToReady(child('d1')).task('LaunchJob', { cell: 'c1' }, {}).abort().events);
    expect(statuses(progress)).toEqual(['unreached', 'unreached']);
    expect(first(progress).cellsDone).toBe(0);
    expect(first(progress).cells[1]?.failure?.error).toBe('NotReached');
    expect(progress.deployments[0]?.outcome).toBe('aborted');
    expect(first(progress).phase).toBe('release');
    expect(first(allReleased(progress, progress.lastEventAtMs)).phase).toBe('done');
  });

  it('is left alone by a child that the plan does not know, and by payloads of another shape', () => {
    const strange = child('d9').task('CheckModel', null, null).task('LaunchJob', 'text', 3);
    expect(after(strange.events).deployments).toEqual(after().deployments);
    const odd = child('d1', null).task('LaunchJob', [], []).task('RecordResult', null, 'x');
    expect(() => after(odd.events)).not.toThrow();
  });
});

describe('the progress of a run', () => {
  it('follows the phases of the machine to its end', () => {
    const history = new History(RUN).start({});
    expect(after(history.events).run.phase).toBe('plan');
    history.task('ExpandMatrix', {}, { run: 'r', estimateUsd: 1.5, budgetUsd: 5, deploymentCount: 2 });
    history.enter('WithinBudget', 'Choice').enter('ProvisionCluster');
    expect(after(history.events).run).toMatchObject({ phase: 'cluster', runId: 'r', estimateUsd: 1.5, budgetUsd: 5 });
    history.enter('ForEachDeployment', 'Map');
    expect(after(history.events).run.phase).toBe('measure');
    const { run } = after(wholeRun().events);
    expect(run).toMatchObject({ phase: 'ended', outcome: 'SUCCEEDED', cells: { valid: 3 } });
    expect(run.spans.map(({ phase, fromMs, toMs }) => [phase, toMs - fromMs])).toEqual([['measure', 150_000]]);
  });

  it('keeps what ended it', () => {
    const failed = new History(RUN).start({}).fail('BudgetExceeded', 'The estimate of $9 is over the budget of $5');
    const { run } = after(failed.events);
    expect(run.outcome).toBe('FAILED');
    expect(run.failure).toEqual({ error: 'BudgetExceeded', cause: 'The estimate of $9 is over the budget of $5' });
    expect(after(new History(RUN).start({}).abort().events).run.outcome).toBe('ABORTED');
  });

  it('takes a deployment that never had a turn for one that was measured before', () => {
    const progress = after(wholeRun().events, wholeChild('d2', ['c3']).events);
    expect(first(progress).phase).toBe('done');
    expect(statuses(progress)).toEqual(['earlier', 'earlier']);
    const nothingLeft = new History(RUN).start({}).task('ExpandMatrix', {}, { run: 'r', deploymentCount: 0 });
    expect(statuses(after(nothingLeft.events))).toEqual(['earlier', 'earlier']);
  });

  it('counts cells over all deployments', () => {
    const progress = after(wholeRun().events, wholeChild('d2', ['c3']).events);
    const all = progress.deployments.map((deployment) => overview(progress, deployment, LATER));
    expect(countCells(all)).toMatchObject({ earlier: 2, valid: 1, waiting: 0 });
  });
});

describe('the order of events', () => {
  const scenario = [wholeRun().events, wholeChild('d1', ['c1', 'c2']).events, wholeChild('d2', ['c3']).events];
  const visible = ({ run, deployments, lastEventAtMs }: RunProgress) => ({ run, deployments, lastEventAtMs });
  const expected = visible(after(...scenario));

  it('makes no difference, nor does seeing events twice', () => {
    const all = scenario.flat();
    const shuffled = fc.shuffledSubarray([...all, ...all.slice(0, 40)], { minLength: all.length + 40 });
    fc.assert(
      fc.property(shuffled, (events) => {
        expect(visible(after(events))).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('shows nothing of an event before those in front of it have come', () => {
    const [start, ...rest] = upToReady(child('d1')).events;
    expect(after(rest).deployments).toEqual(after().deployments);
    expect(first(after(rest, [start!])).phase).toBe('idle');
  });

  it('leaves the progress before an event as it was', () => {
    const before = after(upToReady(child('d1')).events);
    const copy = structuredClone(before);
    const history = measured(upToReady(child('d1')), 'c1');
    after(history.events);
    expect(before).toEqual(copy);
    expect(PLAN).toHaveLength(2);
  });
});
