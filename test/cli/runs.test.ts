import { describe, expect, it } from 'vitest';
import type { Results, RunSummary } from '#cli/results/results.ts';
import { fakeCli, fakeResults, stepbench } from './fake-cli.ts';
import { summary } from './run-summary.ts';

const world = (more: Partial<Results>) => ({ openResults: async () => fakeResults(more) });

describe('stepbench runs', () => {
  it('tell what cannot be read beside the others, and where it is', async () => {
    const why = '/store/runs/monday/plan.json is not JSON.';
    const broken = summary('monday', { status: 'UNREADABLE', startedAt: '', lastStartedAt: '', unreadable: why });
    const { openResults } = world({ runs: async () => [summary('tuesday'), broken] });
    const cli = fakeCli({ openResults });
    expect(await stepbench(cli, 'runs')).toBe(0);
    expect(cli.stdout.text()).toMatch(/tuesday +SUCCEEDED +4\/4/);
    expect(cli.stdout.text()).toMatch(/monday +UNREADABLE/);
    expect(cli.stdout.text()).toContain(`monday: ${why}`);
    const json = fakeCli({ openResults });
    await stepbench(json, 'runs', '--json');
    expect(JSON.parse(json.stdout.text()).runs[1]).toMatchObject({
      status: 'UNREADABLE',
      started_at: null,
      unreadable: why,
    });
  });

  it('lists them with what became of them', async () => {
    const { openResults } = world({
      runs: async () => [summary('tuesday', { status: 'UNFINISHED', simulated: null }), summary('monday')],
    });
    const cli = fakeCli({ openResults });
    expect(await stepbench(cli, 'runs')).toBe(0);
    expect(cli.stdout.text()).toMatch(/monday\s+SUCCEEDED\s+4\/4\s+2026-10-01 12:00\s+small\s+SIMULATED/);
    expect(cli.stdout.text()).toContain('stepbench run --resume tuesday');
    const aborted = world({ runs: async () => [summary('friday', { status: 'ABORTED' })] });
    const stopped = fakeCli({ openResults: aborted.openResults });
    await stepbench(stopped, 'runs');
    expect(stopped.stdout.text()).toMatch(/friday\s+ABORTED.*ABORTED was stopped.*stepbench run --resume friday/s);
    const json = fakeCli({ openResults });
    await stepbench(json, 'runs', '--json');
    expect(JSON.parse(json.stdout.text()).runs[0]).toMatchObject({ run: 'tuesday', status: 'UNFINISHED' });
  });

  it('marks what was simulated, and what of that no measurement was there to simulate by', async () => {
    const runs = async () => [
      summary('a', { extrapolated: true }),
      summary('b'),
      summary('c', { simulated: false }),
      summary('d', { simulated: null, extrapolated: null }),
    ];
    const cli = fakeCli(world({ runs }));
    await stepbench(cli, 'runs');
    const marks = [...cli.stdout.text().matchAll(/^[abcd] .*small *(\w*)$/gm)].map(([, mark]) => mark);
    expect(marks).toEqual(['EXTRAPOLATED', 'SIMULATED', '', '']);
    const json = fakeCli(world({ runs }));
    await stepbench(json, 'runs', '--json');
    const told = JSON.parse(json.stdout.text()).runs.map((run: RunSummary) => run.extrapolated);
    expect(told).toEqual([true, false, false, null]);
  });

  it('shows when a run was begun, and of one that was resumed how often and when last', async () => {
    const resumed = summary('monday', { lastStartedAt: '2026-10-03T09:30:00.000Z', executions: 3 });
    const { openResults } = world({ runs: async () => [resumed, summary('tuesday')] });
    const cli = fakeCli({ openResults });
    await stepbench(cli, 'runs');
    expect(cli.stdout.text()).toMatch(/monday .* 2026-10-01 12:00\s+3, last 2026-10-03 09:30\s+small/);
    expect(cli.stdout.text()).toMatch(/tuesday .* 2026-10-01 12:00\s+1\s+small/);
    const json = fakeCli({ openResults });
    await stepbench(json, 'runs', '--json');
    expect(JSON.parse(json.stdout.text()).runs[0]).toMatchObject({
      started_at: '2026-10-01T12:00:00.000Z',
      last_started_at: '2026-10-03T09:30:00.000Z',
      executions: 3,
    });
  });
});
