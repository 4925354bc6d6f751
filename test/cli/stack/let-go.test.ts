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

const unseenIn = (cluster: string) => ({
  cluster,
  asked: true,
  nodesPastDeadline: [],
  deleted: [],
  disabled: false,
  errors: ['403'],
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

  it('does not say that nothing is left where a cluster does not say so', async () => {
    const answers = () => [{ ...swept(true), clusters: [unseenIn('closed')] }];
    const { cli } = worldOf(fakeAws({ answers: answers() }));
    expect(await stepbench(cli, 'release', '--all', ...onBench, '--yes')).toBe(0);
    expect(cli.stdout.text()).not.toContain('Nothing of');
    expect(cli.stdout.text()).toContain('cluster closed cannot be looked into: 403');
    const { cli: json } = worldOf(fakeAws({ answers: answers() }));
    await stepbench(json, 'release', '--all', ...onBench, '--yes', '--json');
    expect(JSON.parse(json.stdout.text()).unseen).toEqual([{ cluster: 'closed', why: '403' }]);
  });

  it('names a lease that is none as broken, not as of another version', async () => {
    const aws = fakeAws();
    await aws.has.store.put('runs/monday/lease.json', '{}');
    const { cli } = worldOf(aws);
    expect(await stepbench(cli, 'release', 'monday', ...onBench, '--yes', '--json')).toBe(2);
    const { error } = JSON.parse(cli.stdout.text());
    expect([error.code, error.next_step]).toEqual(['store-broken', expect.stringMatching(/move it away/)]);
  });

  it('wants to know which', async () => {
    expect(await stepbench(worldOf().cli, 'release', ...onBench)).toBe(2);
    expect(await stepbench(worldOf().cli, 'release', 'monday', '--all', ...onBench)).toBe(2);
    expect(await stepbench(worldOf().cli, 'release', 'unknown', ...onBench)).toBe(2);
  });
});
