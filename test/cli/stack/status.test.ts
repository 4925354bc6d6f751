import { describe, expect, it } from 'vitest';
import { stepbench } from '../fake-cli.ts';
import { onBench, worldOf } from './bench.ts';
import { fakeAws } from './fake-stack.ts';

describe('stepbench status', () => {
  const view = {
    ...{ run: 'monday', execution: 'arn', cluster: 'stepbench', deadline: '2026-10-01T14:00:00.000Z' },
    ...{ releasedAt: null, cut: false },
    nodes: [
      {
        ...{ name: 'i-1', instanceType: 'g5.8xlarge', capacityType: 'spot', zone: 'us-east-1a', nodePool: 'p' },
        ...{ ready: true, createdAt: '2026-10-01T11:50:00.000Z' },
      },
    ],
    pods: [
      {
        ...{ name: 'engine-x', role: 'engine', node: 'i-1', phase: 'Pending', containers: ['engine: waiting'] },
        ...{ trouble: 'ImagePullBackOff', createdAt: '2026-10-01T11:55:00.000Z' },
      },
    ],
    events: [
      {
        ...{ type: 'Warning', about: 'Pod/engine-x', reason: 'Failed', message: 'pull \u001b[2J failed', count: 3 },
        lastSeenAt: '2026-10-01T11:59:00.000Z',
      },
    ],
    logs: [{ pod: 'engine-x', container: 'engine', text: 'first\nlast \u001b]0;x\u0007' }],
  };

  it('shows what the function saw, and nothing that moves the cursor', async () => {
    const { aws, cli } = worldOf(fakeAws({ answers: [view] }));
    expect(await stepbench(cli, 'status', 'monday', ...onBench, '--what', 'pods,logs', '--tail', '50')).toBe(0);
    expect(aws.done).toEqual([['Status:live', { run: 'monday', what: ['pods', 'logs'], tail: 50 }]]);
    const told = cli.stdout.text();
    expect(told).toMatch(/i-1\s+g5\.8xlarge\s+spot\s+us-east-1a\s+yes\s+10 min/);
    expect(told).toMatch(/engine-x.*ImagePullBackOff/);
    expect(told).toContain('Pod/engine-x Failed (3 times)');
    expect(told).not.toContain('\u001b');
    expect(told).toContain('first\nlast \\x1b]0;x\\x07');
  });

  it('gives programs all of it', async () => {
    const { cli } = worldOf(fakeAws({ answers: [view] }));
    await stepbench(cli, 'status', 'monday', ...onBench, '--json');
    expect(JSON.parse(cli.stdout.text())).toEqual({ schema_version: 1, command: 'status', stack: 'bench', ...view });
  });

  it.each([
    ['--what', 'secrets'],
    ['--tail', '0'],
    ['--tail', 'many'],
  ])('refuses %s %s', async (option, value) => {
    const { aws, cli } = worldOf();
    expect(await stepbench(cli, 'status', 'monday', ...onBench, option, value)).toBe(2);
    expect(aws.done).toEqual([]);
  });
});
