import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cli } from '#cli/cli.ts';
import { AwsError, type AwsProblem } from '#core/stack/errors.ts';
import { Output } from '#core/stack/outputs.ts';
import { writeJson } from '#lambdas/store/json.ts';
import { fakeCli, MATRIX, stepbench } from '../fake-cli.ts';
import { executionOf, fakeAws, OUTPUTS, stackOf } from './fake-stack.ts';

let folder: string;
let matrixFile: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepbench-cli-'));
  matrixFile = join(folder, 'matrix.json');
  await writeFile(matrixFile, JSON.stringify(MATRIX));
});
afterAll(() => rm(folder, { recursive: true }));

const worldOf = (aws = fakeAws(), more: Partial<Cli> = {}) => {
  const cli = fakeCli({ connectStack: async () => aws, ...more });
  return { aws, cli };
};
const onBench = ['--stack', 'bench'] as const;
const started = (aws: ReturnType<typeof fakeAws>): string[] => aws.done.map(([what]) => what);

describe('what is refused before anything is started', () => {
  const refused = async (aws: ReturnType<typeof fakeAws>, ...argv: string[]) => {
    const { cli } = worldOf(aws);
    const code = await stepbench(cli, ...argv, '--json');
    expect(aws.done).toEqual([]);
    const { error } = JSON.parse(cli.stdout.text());
    expect(error.next_step).not.toBeNull();
    return { code, error: error.code };
  };
  const run = (aws: ReturnType<typeof fakeAws>) => refused(aws, 'run', matrixFile, ...onBench, '--yes');
  const outputs = { ...OUTPUTS, [Output.version]: '0.0.9' };
  const { [Output.version]: _, ...foreign } = OUTPUTS;

  it.each([
    ['a stack that is not there', { stack: undefined }, 'stack-unknown'],
    ['a stack of an older version', { stack: stackOf({ outputs }) }, 'stack-other-version'],
    ['a stack that is not ours', { stack: stackOf({ outputs: foreign }) }, 'stack-not-ours'],
    ['a stack that is being updated', { stack: stackOf({ status: 'UPDATE_IN_PROGRESS' }) }, 'stack-unfinished'],
    ['a region without the instance type', { notOffered: ['g5.16xlarge'] }, 'instance-type-not-offered'],
    ['a cluster that somebody else made', { clusters: new Map([['stepbench', null]]) }, 'cluster-not-ours'],
    ['a cluster of another stack', { clusters: new Map([['stepbench', 'other']]) }, 'cluster-not-ours'],
  ])('%s', async (_what, has, error) => expect(await run(fakeAws(has))).toEqual({ code: 2, error }));

  it('not a foreign cluster that the stack lists', async () => {
    const outputs = { ...OUTPUTS, [Output.foreignClusters]: 'other,stepbench' };
    const aws = fakeAws({ stack: stackOf({ outputs }), clusters: new Map([['stepbench', null]]) });
    const { cli } = worldOf(aws);
    expect(await stepbench(cli, 'run', matrixFile, ...onBench, '--yes', '--detach')).toBe(0);
    expect(started(aws)).toEqual(['start']);
  });

  it('a quota that is too small for one of them', async () => {
    const aws = { ...fakeAws(), quotas: { vcpuLimit: async () => 40 } };
    expect(await run(aws)).toEqual({ code: 2, error: 'over-quota' });
  });

  it('a matrix for another region', async () => {
    expect(await run({ ...fakeAws(), region: 'eu-central-1' })).toEqual({ code: 2, error: 'region-mismatch' });
  });

  it('a run that nobody said yes to', async () => {
    expect(await refused(fakeAws(), 'run', matrixFile, ...onBench)).toEqual({ code: 2, error: 'not-confirmed' });
  });

  it('a store beside a stack', async () => {
    expect(await refused(fakeAws(), 'runs', ...onBench, '--store', 'here')).toEqual({ code: 2, error: 'bad-usage' });
  });

  it.each<[AwsProblem, number, string]>([
    ['credentials-expired', 2, 'aws-credentials'],
    ['credentials-missing', 2, 'aws-credentials'],
    ['region-missing', 2, 'aws-region-missing'],
    ['denied', 2, 'aws-denied'],
    ['unreachable', 1, 'aws-unreachable'],
  ])('credentials and the like: %s', async (problem, code, error) => {
    const aws = fakeAws();
    const identity = () => Promise.reject(new AwsError(problem, 'as AWS says it'));
    for (const argv of [
      ['run', matrixFile, '--yes'],
      ['watch', 'monday'],
      ['status', 'monday'],
      ['deploy', '--yes'],
    ]) {
      const world = { ...aws, account: { ...aws.account, identity } };
      expect(await refused(world, ...argv, ...onBench)).toEqual({ code, error });
    }
  });
});

it('AWS is asked with --stack only, whatever credentials there are', async () => {
  const cli = fakeCli({ env: { AWS_PROFILE: 'work', AWS_ACCESS_KEY_ID: 'AKIA' } });
  await stepbench(cli, 'runs');
  expect(cli.stderr.text()).toContain('there is no store in this folder');
  expect(await stepbench(cli, 'status', 'monday')).toBe(2);
});

describe('stepbench run --stack --detach', () => {
  it('starts the matrix as it stands in the file, under the name of the run', async () => {
    const { aws, cli } = worldOf();
    expect(await stepbench(cli, 'run', matrixFile, ...onBench, '--run', 'monday', '--yes', '--detach')).toBe(0);
    expect(aws.done).toEqual([
      [
        'start',
        {
          stateMachine: OUTPUTS[Output.stateMachineArn],
          name: expect.stringMatching(/^monday-[a-z0-9]+$/),
          input: { matrix: MATRIX, run: 'monday' },
        },
      ],
    ]);
    expect(cli.stdout.text()).toBe('monday\n');
  });
});

describe('stepbench deploy', () => {
  const deployed = async (aws: ReturnType<typeof fakeAws>, ...argv: string[]) => {
    const calls: { args: readonly string[]; env: object }[] = [];
    const runCdk: Cli['runCdk'] = async (args, env) => {
      calls.push({ args, env });
      return 0;
    };
    const { cli } = worldOf(aws, { runCdk });
    const code = await stepbench(cli, 'deploy', ...onBench, ...argv, '--json');
    return { code, calls, told: JSON.parse(cli.stdout.text()) };
  };

  it('hands cdk each part as an argument of its own, in the region of the account', async () => {
    const config = join(folder, 'my settings.json');
    await writeFile(config, '{}');
    const { code, calls, told } = await deployed(fakeAws({ stack: undefined }), '--yes', '--config', config);
    expect(code).toBe(0);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.args.slice(0, 2)).toEqual(['deploy', 'bench']);
    expect(calls[0]?.args).toContain(`config=${config}`);
    expect(calls[0]?.env).toMatchObject({ AWS_REGION: 'us-east-1', CDK_DEFAULT_ACCOUNT: '111122223333' });
    expect(told).toMatchObject({ command: 'deploy', account: '111122223333', region: 'us-east-1' });
  });

  const zonesOf = async (aws: ReturnType<typeof fakeAws>, config = '{}') => {
    const file = join(folder, 'zones.json');
    await writeFile(file, config);
    const { calls } = await deployed(aws, '--yes', '--config', file);
    return calls[0]?.args.filter((argument) => argument.startsWith('zones='));
  };
  const zone = (letter: string, id: string) => ({ name: `us-east-1${letter}`, id });

  it('puts a new VPC into three zones that EKS takes, or into the two that there are', async () => {
    const zones = [zone('d', 'use1-az6'), zone('a', 'use1-az3'), zone('c', 'use1-az2'), zone('b', 'use1-az1')];
    const named = (...letters: string[]) => [`zones=${letters.map((letter) => `us-east-1${letter}`).join(',')}`];
    expect(await zonesOf(fakeAws({ stack: undefined, zones }))).toEqual(named('b', 'c', 'd'));
    expect(await zonesOf(fakeAws({ stack: undefined, zones: zones.slice(0, 3) }))).toEqual(named('c', 'd'));
  });

  it('leaves a VPC in the zones that it has, or that the configuration names', async () => {
    const outputs = { ...OUTPUTS, [Output.availabilityZones]: 'us-east-1e,us-east-1f' };
    expect(await zonesOf(fakeAws({ stack: stackOf({ outputs }) }))).toEqual(['zones=us-east-1e,us-east-1f']);
    const config = JSON.stringify({ network: { availabilityZones: ['us-east-1a', 'us-east-1b'] } });
    expect(await zonesOf(fakeAws({ stack: undefined, zones: [] }), config)).toEqual([]);
  });

  it('says what is wrong with a configuration that cannot be read, before anything is made', async () => {
    const { code, calls, told } = await deployed(fakeAws(), '--yes', '--config', join(folder, 'nowhere.json'));
    expect({ code, calls, error: told.error.code }).toEqual({ code: 2, calls: [], error: 'bad-usage' });
    expect(told.error.message).toContain('nowhere.json');
  });

  it('lets a matrix into a foreign cluster that the configuration lists', async () => {
    const config = join(folder, 'foreign.json');
    await writeFile(config, JSON.stringify({ cluster: { foreignClusters: ['stepbench'] } }));
    const aws = fakeAws({ clusters: new Map([['stepbench', null]]) });
    expect((await deployed(aws, '--yes', '--matrix', matrixFile, '--config', config)).code).toBe(0);
  });

  it.each([
    ['an account that was never bootstrapped', { bootstrap: undefined }, [], 'not-bootstrapped'],
    ['a stack of somebody else', { stack: stackOf({ outputs: {} }) }, [], 'stack-not-ours'],
    ['a stack that could not be made', { stack: stackOf({ status: 'ROLLBACK_COMPLETE' }) }, [], 'stack-unfinished'],
    [
      'a matrix whose types the region lacks',
      { notOffered: ['g5.8xlarge'] },
      ['--matrix'],
      'instance-type-not-offered',
    ],
    ['the name of a foreign cluster', { clusters: new Map([['stepbench', null]]) }, ['--matrix'], 'cluster-not-ours'],
    [
      'a region with one zone that EKS takes',
      { stack: undefined, zones: ['az1', 'az3'].map((id) => ({ name: id, id: `use1-${id}` })) },
      [],
      'too-few-zones',
    ],
  ])('does nothing for %s', async (_what, has, options, error) => {
    const argv = options.flatMap((option) => [option, matrixFile]);
    const { code, calls, told } = await deployed(fakeAws(has), ...argv, '--yes');
    expect({ code, calls, error: told.error.code }).toEqual({ code: 2, calls: [], error });
  });
});

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

describe('stepbench schedule', () => {
  const NIGHTLY = ['schedule', 'create', 'nightly', '--stack', 'bench', '--yes'];
  const create = (cli: Cli, ...argv: string[]) =>
    stepbench(cli, ...NIGHTLY.slice(0, 3), matrixFile, ...NIGHTLY.slice(3), ...argv);
  const AT = ['--at', 'cron(0 2 * * ? *)'] as const;

  it('starts the matrix at its times, each time as a run of its own, until it is deleted', async () => {
    const { aws, cli } = worldOf();
    expect(await create(cli, ...AT, '--time-zone', 'Europe/Zurich', '--retries', '2')).toBe(0);
    const [what, how] = aws.done[0] ?? [];
    expect(what).toBe('create schedule');
    expect(how).toMatchObject({
      schedule: {
        ...{ name: 'nightly', expression: 'cron(0 2 * * ? *)', timeZone: 'Europe/Zurich', retries: 2 },
        input: { matrix: MATRIX, run: 'nightly@<aws.scheduler.scheduled-time>' },
      },
      target: { group: 'schedules', stateMachine: OUTPUTS[Output.stateMachineArn] },
    });
    const list = worldOf(aws).cli;
    await stepbench(list, 'schedule', 'list', ...onBench);
    expect(list.stdout.text()).toMatch(/nightly\s+cron\(0 2 \* \* \? \*\)\s+Europe\/Zurich\s+small/);
    expect(await create(worldOf(aws).cli, ...AT)).toBe(2);
    expect(await stepbench(worldOf(aws).cli, 'schedule', 'delete', 'nightly', ...onBench)).toBe(0);
    expect(await stepbench(worldOf(aws).cli, 'schedule', 'delete', 'nightly', ...onBench)).toBe(2);
  });

  it.each([
    ['--at', 'every night'],
    [...AT, '--time-zone', 'Europe/Atlantis'],
    [...AT, '--retries', '186'],
  ])('refuses %s %s %s %s', async (...argv) => {
    const { aws, cli } = worldOf();
    expect(await create(cli, ...(argv as string[]))).toBe(2);
    expect(aws.done).toEqual([]);
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
