import { describe, expect, it } from 'vitest';
import { Output } from '#core/stack/outputs.ts';
import { writeJson } from '#lambdas/store/json.ts';
import { stepbench } from '../fake-cli.ts';
import { onBench, started, worldOf } from './bench.ts';
import { executionOf, fakeAws, OUTPUTS, stackOf } from './fake-stack.ts';

const swept = (done: boolean) => ({
  done,
  remaining: done ? [] : [{ run: 'monday', why: 'its nodes are being drained' }],
  clusters: [],
  metrics: {},
});

describe('stepbench release', () => {
  const withLease = async (has: Parameters<typeof fakeAws>[0] = {}) => {
    const aws = fakeAws(has);
    await writeJson(aws.has.store, 'runs/monday/lease.json', {
      ...{ schema_version: 1, run: 'monday', execution: executionOf('monday-1').arn, attempt: 1 },
      ...{ cluster: 'stepbench', deadline: '2026-10-01T14:00:00.000Z', releasedAt: null },
    });
    return aws;
  };

  it('stops what runs, and asks the guard until nothing is left', async () => {
    const aws = await withLease({ running: [executionOf('monday-1')], answers: [swept(false), swept(true)] });
    const { cli } = worldOf(aws);
    expect(await stepbench(cli, 'release', 'monday', ...onBench, '--yes')).toBe(0);
    expect(aws.done).toEqual([
      ['stop', executionOf('monday-1').arn],
      ['Janitor:live', { run: 'monday' }],
      ['Janitor:live', { run: 'monday' }],
    ]);
    expect(cli.stderr.text()).toContain('Still there: monday (its nodes are being drained)');
    expect(cli.stdout.text()).toContain('Nothing of run monday is left');
  });

  it('stops nothing that nobody said yes to', async () => {
    const aws = await withLease({ running: [executionOf('monday-1')] });
    expect(await stepbench(worldOf(aws).cli, 'release', 'monday', ...onBench)).toBe(2);
    expect(aws.done).toEqual([]);
  });

  it('lets go of all runs of a stack, of whatever version', async () => {
    const old = stackOf({ outputs: { ...OUTPUTS, [Output.version]: '0.0.1' } });
    const aws = fakeAws({ stack: old, running: [executionOf('a-1'), executionOf('b-1')], answers: [swept(true)] });
    expect(await stepbench(worldOf(aws).cli, 'release', '--all', ...onBench, '--yes', '--json')).toBe(0);
    expect(started(aws)).toEqual(['stop', 'stop', 'Janitor:live']);
    expect(aws.done.at(-1)?.[1]).toEqual({ all: true });
  });

  it('wants to know which', async () => {
    expect(await stepbench(worldOf().cli, 'release', ...onBench)).toBe(2);
    expect(await stepbench(worldOf().cli, 'release', 'monday', '--all', ...onBench)).toBe(2);
    expect(await stepbench(worldOf().cli, 'release', 'unknown', ...onBench)).toBe(2);
  });
});

describe('stepbench destroy', () => {
  it('takes schedules, nodes, clusters and stack away in this order, and says what it keeps', async () => {
    const schedule = {
      name: 'nightly',
      expression: 'rate(1 day)',
      timeZone: 'UTC',
      input: {},
      retries: 0,
      retryForSeconds: 60,
    };
    const aws = fakeAws({
      clusters: new Map([
        ['stepbench', 'bench'],
        ['theirs', null],
      ]),
      schedules: [{ ...schedule, enabled: true }],
      answers: [swept(false), swept(true)],
    });
    const { cli } = worldOf(aws);
    expect(await stepbench(cli, 'destroy', ...onBench, '--yes')).toBe(0);
    expect(started(aws)).toEqual(['delete schedule', 'Janitor:live', 'Janitor:live', 'delete cluster', 'delete stack']);
    expect([...aws.has.clusters.keys()]).toEqual(['theirs']);
    expect(cli.stdout.text()).toContain('Kept: s3://results');
  });

  it('destroys nothing while a run is under way', async () => {
    const aws = fakeAws({ running: [executionOf('monday-1')] });
    const { cli } = worldOf(aws);
    expect(await stepbench(cli, 'destroy', ...onBench, '--yes', '--json')).toBe(2);
    expect(JSON.parse(cli.stdout.text()).error.code).toBe('run-active');
    expect(aws.done).toEqual([]);
  });

  it('keeps cluster and stack while nodes are left: they are what lets go of them', async () => {
    const aws = fakeAws({ clusters: new Map([['stepbench', 'bench']]), answers: Array(9).fill(swept(false)) });
    const { cli } = worldOf(aws, { pause: async () => cli.advance(600_000) });
    expect(await stepbench(cli, 'destroy', ...onBench, '--yes')).toBe(1);
    expect(started(aws).filter((what) => what.startsWith('delete'))).toEqual([]);
  });
});
