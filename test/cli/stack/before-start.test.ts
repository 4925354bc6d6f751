import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Quotas } from '#core/ports/prices.ts';
import { AwsError, type AwsProblem } from '#core/stack/errors.ts';
import { Output } from '#core/stack/outputs.ts';
import { fakeCli, MATRIX, stepbench } from '../fake-cli.ts';
import { onBench, started, useMatrixFile, worldOf } from './bench.ts';
import { fakeAws, OUTPUTS, stackOf } from './fake-stack.ts';

const matrixFile = useMatrixFile();

describe('what is refused before anything is started', () => {
  const refused = async (aws: ReturnType<typeof fakeAws>, ...argv: string[]) => {
    const { cli } = worldOf(aws);
    const code = await stepbench(cli, ...argv, '--json');
    expect(aws.done).toEqual([]);
    const { error } = JSON.parse(cli.stdout.text());
    expect(error.next_step).not.toBeNull();
    return { code, error: error.code };
  };
  const run = (aws: ReturnType<typeof fakeAws>) => refused(aws, 'run', matrixFile.path, ...onBench, '--yes');
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
    expect(await stepbench(cli, 'run', matrixFile.path, ...onBench, '--yes', '--detach')).toBe(0);
    expect(started(aws)).toEqual(['start']);
  });

  it('a type that only other zones have than those of the stack, with where it is', async () => {
    const inZones = (zones: string) =>
      fakeAws({
        stack: stackOf({ outputs: { ...OUTPUTS, [Output.availabilityZones]: zones } }),
        only: { 'g5.16xlarge': ['us-east-1c'] },
      });
    expect(await run(inZones('us-east-1a,us-east-1b'))).toEqual({ code: 2, error: 'instance-type-not-offered' });
    const { cli } = worldOf(inZones('us-east-1a,us-east-1b'));
    await stepbench(cli, 'run', matrixFile.path, ...onBench, '--yes');
    expect(cli.stderr.text().replace(/\s+/g, ' ')).toContain(
      'the stack bench is in us-east-1a, us-east-1b, and g5.16xlarge is in us-east-1c',
    );
    const there = inZones('us-east-1b,us-east-1c');
    expect(await stepbench(worldOf(there).cli, 'run', matrixFile.path, ...onBench, '--yes', '--detach')).toBe(0);
  });

  it('a quota that is too small for one of them', async () => {
    const aws = { ...fakeAws(), quotas: { vcpuLimit: async () => 40 } };
    expect(await run(aws)).toEqual({ code: 2, error: 'over-quota' });
  });

  it('a quota that is too small for the load generators, whatever the GPUs have', async () => {
    const vcpuLimit: Quotas['vcpuLimit'] = async ({ instanceType }) => (instanceType.startsWith('c7i.') ? 16 : 1000);
    const aws = { ...fakeAws(), quotas: { vcpuLimit } };
    expect(await run(aws)).toEqual({ code: 2, error: 'over-quota' });
  });

  it('a matrix for another region', async () => {
    expect(await run({ ...fakeAws(), region: 'eu-central-1' })).toEqual({ code: 2, error: 'region-mismatch' });
  });

  it('a run that nobody said yes to', async () => {
    expect(await refused(fakeAws(), 'run', matrixFile.path, ...onBench)).toEqual({ code: 2, error: 'not-confirmed' });
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
      ['run', matrixFile.path, '--yes'],
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

describe('before a run is started, and before a schedule is made', () => {
  const KEPT =
    /The cluster \S+ is kept after the run: \$0\.10 an hour, \$73\.00 a month \(AWS price list, AmazonEKS, 2026-07\)/;
  const told = async (matrix: object, outputs: object = {}) => {
    const file = join(matrixFile.folder, 'kept.json');
    await writeFile(file, JSON.stringify({ ...MATRIX, ...matrix }));
    const said: string[] = [];
    for (const argv of [
      ['run', file],
      ['schedule', 'create', 'nightly', file, '--at', 'rate(1 day)'],
    ]) {
      const { cli } = worldOf(fakeAws({ stack: stackOf({ outputs: { ...OUTPUTS, ...outputs } }) }));
      Object.assign(cli, {
        confirm: async () => {
          said.push(cli.stderr.text().replace(/\s+/g, ' '));
          return false;
        },
      });
      await stepbench(cli, ...argv, ...onBench);
    }
    expect(said).toHaveLength(2);
    return said;
  };

  it('it is said what the cluster costs that stays, with the price', async () => {
    for (const text of await told({ cluster: { name: 'mine' } })) {
      expect(text).toMatch(KEPT);
      expect(text).toContain('stepbench destroy --stack bench');
    }
  });

  it('nothing of one that goes with the run, or that somebody else keeps', async () => {
    for (const text of await told({ cluster: { name: 'mine', ephemeral: true } })) expect(text).not.toMatch(KEPT);
    const foreign = { [Output.foreignClusters]: 'mine' };
    for (const text of await told({ cluster: { name: 'mine' } }, foreign)) expect(text).not.toMatch(KEPT);
  });
});

describe('stepbench run --stack --detach', () => {
  it('starts the matrix as it stands in the file, under the name of the run', async () => {
    const { aws, cli } = worldOf();
    expect(await stepbench(cli, 'run', matrixFile.path, ...onBench, '--run', 'monday', '--yes', '--detach')).toBe(0);
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
