import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planOf } from '#cli/planning.ts';
import { changeLines } from '#cli/render/changes.ts';
import { estimateLines } from '#cli/render/estimate.ts';
import { cellLabels, deploymentLabels } from '#cli/render/labels.ts';
import { liveLines } from '#cli/render/live-view.ts';
import { timelineLines } from '#cli/render/timeline.ts';
import { plain } from '#cli/terminal/paint.ts';
import { widthOf } from '#cli/terminal/printable.ts';
import { startProgress } from '#core/progress/progress.ts';
import { reduce } from '#core/progress/reduce.ts';
import { History } from '#test/core/progress/history.ts';
import { MATRIX, NOW_MS } from '../fake-cli.ts';
import { eventsOf } from '../fake-run.ts';
import { ACTS } from './acts.ts';

const widths = fc.constantFrom(60, 80, 120);

describe('what is shown of a run', () => {
  const plan = planOf(MATRIX, 'test', { run: 'r', nowMs: NOW_MS });
  const events = eventsOf(MATRIX);
  const names = {
    deployments: deploymentLabels(plan.deployments),
    cells: cellLabels(plan.deployments.flatMap(({ cells }) => cells)),
  };

  it('fits the terminal at every moment', () => {
    fc.assert(
      fc.property(fc.nat(events.length), widths, fc.constantFrom(5, 40), (count, width, height) => {
        const progress = events.slice(0, count).reduce(reduce, startProgress(plan.deployments));
        const view = {
          ...names,
          progress,
          nowMs: progress.lastEventAtMs + 5000,
          notice: 'Stopping: please wait '.repeat(9),
        };
        const lines = liveLines(view, { width, height, paint: plain });
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
        expect(lines.length).toBeLessThanOrEqual(Math.max(height, 6));
      }),
    );
  });

  it('shows those under way where there are more than the terminal has lines', () => {
    const many = Array.from({ length: 30 }, (_value, index) => ({ ...plan.deployments[0]!, id: `d${index}` }));
    const started = new History('arn:c', { parent: 'arn:r' }).start({ deployment: 'd29', cells: [] });
    const progress = started.events.reduce(reduce, startProgress(many));
    const deployments = new Map(many.map(({ id }) => [id, `type-${id}`]));
    const view = { ...names, deployments, progress, nowMs: progress.lastEventAtMs, notice: '' };
    const lines = liveLines(view, { width: 80, height: 12, paint: plain });
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(lines.join('\n')).toContain('type-d29');
    expect(lines.at(-1)).toBe('and 24 more deployments');
  });

  it('has a line for what was tried again, and for what failed', () => {
    const history = new History('arn:c', { parent: 'arn:r' })
      .start({ deployment: plan.deployments[0]!.id, cells: plan.deployments[0]!.cells.map(({ id }) => ({ cell: id })) })
      .enter('ProvisionNodePool')
      .call({ capacity: 0 });
    const before = history.events.reduce(reduce, startProgress(plan.deployments));
    history
      .throw('Retryable', 'slow\ndown')
      .wait(2)
      .call({ capacity: 0 })
      .return({})
      .task('RecordDeploymentFailure', { failure: { error: 'NoCapacity', cause: 'none left' } }, {});
    const after = history.events.reduce(reduce, before);
    expect(changeLines(before, after, names)).toEqual([
      '0:00 g5.8xlarge TP=1: ProvisionNodePool is called again after Retryable: slow down',
      '0:00 g5.8xlarge TP=1: failed: none left (NoCapacity)',
    ]);
    expect(changeLines(after, after, names)).toEqual([]);
  });

  it('does not call a deployment measured whose cells were not', () => {
    const [one] = plan.deployments;
    const ids = one!.cells.map(({ id }) => id);
    const end = (statuses: ('valid' | 'invalid' | 'failed')[], status: string) => {
      const history = new History('arn:c', { parent: 'arn:r' })
        .start({ deployment: one!.id, cells: ids.map((cell) => ({ cell })) })
        .task('ProvisionNodePool', { capacity: 0 }, {});
      for (const [index, cellStatus] of statuses.entries()) {
        history.task('LaunchJob', { cell: ids[index] }, {});
        if (cellStatus === 'failed') {
          history.task('RecordCellFailure', { failure: { error: 'GeneratorFailed', cause: '' } }, {});
        } else history.task('RecordResult', {}, { status: cellStatus });
      }
      history.task('ReleaseDeployment', {}, { status: 'done' }).succeed({ deployment: one!.id, status });
      const before = history.events.slice(0, -1).reduce(reduce, startProgress(plan.deployments));
      return changeLines(before, history.events.reduce(reduce, startProgress(plan.deployments)), names).at(-1);
    };
    const all = (what: 'valid' | 'invalid' | 'failed') => ids.map(() => what);
    expect(end(all('valid'), 'measured')).toMatch(/: measured after .*, its node is gone$/);
    expect(end(all('invalid'), 'measured')).toMatch(/: measured after/);
    expect(end(all('failed'), 'failed')).toMatch(/: failed after/);
    expect(end(all('failed').with(0, 'valid'), 'measured')).toMatch(
      new RegExp(`: 1 of ${ids.length} cells measured after`),
    );
  });

  it('has phase, cells, elapsed time and dollars of each deployment', () => {
    const running = events.findIndex(({ event }) => event.taskScheduledEventDetails?.parameters.includes('"cell"'));
    const progress = events.slice(0, running + 1).reduce(reduce, startProgress(plan.deployments));
    const text = liveLines(
      { ...names, progress, nowMs: progress.lastEventAtMs + 5000, notice: '' },
      { width: 120, height: 40, paint: plain },
    ).join('\n');
    expect(text).toMatch(/measure · 1:45 · 0\/4 cells · GPU nodes \$0\.077 at AWS prices/);
    expect(text).toMatch(/g5\.8xlarge TP=1\s+measure\s+▸· 0\/2\s+1:45\s+\$0\.077\s+concurrency=2/);
    expect(text).toMatch(/g5\.16xlarge TP=1\s+waiting\s+·· 0\/2\s+\$0\.00/);
  });

  it('estimates with the price, its source and its date', () => {
    for (const width of [60, 120]) {
      const lines = estimateLines(plan, { width, paint: plain });
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
      expect(lines.join(' ')).toMatch(/budget \$20\.00/);
      expect(lines.join(' ')).toMatch(/AWS Price List.*2026-/);
      expect(lines[0]).toMatch(/\d at once in AWS$/);
      expect(lines.join(' ')).toMatch(/Without the 15 min .* engines assumed slow/);
    }
  });
});

describe('a timeline', () => {
  const span = (phase: 'launch' | 'measure' | 'release', fromMs: number, toMs: number) => ({
    phase,
    fromMs,
    toMs,
    usdPerHour: 1,
  });

  it('gives each phase its share of the line', () => {
    const rows = [{ name: 'a', spans: [span('launch', 0, 50), span('measure', 50, 100)] }];
    const [bar] = timelineLines(rows, { startMs: 0, endMs: 100 }, { width: 23, paint: plain });
    expect(bar).toBe(`a  ${'L'.repeat(10)}${'#'.repeat(10)}`);
  });

  it('fits the terminal, also when nothing took any time', () => {
    const rows = [{ name: 'a\u001b[2J'.repeat(20), spans: [span('release', 5, 5)] }];
    for (const width of [60, 120]) {
      for (const line of timelineLines(rows, { startMs: 5, endMs: 5 }, { width, paint: plain })) {
        expect(widthOf(line)).toBeLessThanOrEqual(width);
        expect(line).not.toMatch(ACTS);
      }
    }
  });
});
