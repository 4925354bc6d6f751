import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Cli } from '#cli/cli.ts';
import { Output } from '#core/stack/outputs.ts';
import { stepbench } from '../fake-cli.ts';
import { onBench, useMatrixFile, worldOf } from './bench.ts';
import { fakeAws, OUTPUTS, stackOf } from './fake-stack.ts';

const matrixFile = useMatrixFile();

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
    const config = join(matrixFile.folder, 'my settings.json');
    await writeFile(config, '{}');
    const { code, calls, told } = await deployed(fakeAws({ stack: undefined }), '--yes', '--config', config);
    expect(code).toBe(0);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.args.slice(0, 2)).toEqual(['deploy', 'bench']);
    expect(calls[0]?.args).toContain(`config=${config}`);
    expect(calls[0]?.env).toMatchObject({ AWS_REGION: 'us-east-1', CDK_DEFAULT_ACCOUNT: '111122223333' });
    expect(told).toMatchObject({ command: 'deploy', account: '111122223333', region: 'us-east-1' });
  });

  it.each([
    [{}, '$43.71', /NAT gateway \$32\.85/, /keeps the bucket with its key: \$1\.00 a month/],
    [{ network: { natGateways: 3 } }, '$116.61', /NAT gateway \$98\.55/, /keeps the bucket with its key/],
    [{ network: { interfaceEndpoints: ['sts'] } }, '$65.61', /interface endpoints \$21\.90/, /keeps the bucket/],
    [{ results: { retain: false } }, '$43.71', /NAT gateway/, /deletes the bucket and all that was measured/],
  ])('says before it asks what the stack %j costs a month, by prices with source and date', async (...given) => {
    const [props, together, part, after] = given;
    const config = join(matrixFile.folder, 'costs.json');
    await writeFile(config, JSON.stringify(props));
    const { cli } = worldOf(fakeAws({ stack: undefined }));
    let told = '';
    Object.assign(cli, {
      confirm: async (question: string) => {
        told = cli.stderr.text().replace(/\s+/g, ' ');
        expect(question).toContain('Deploy the new stack bench');
        return false;
      },
    });
    expect(await stepbench(cli, 'deploy', ...onBench, '--config', config)).toBe(2);
    expect(told).toContain(`about ${together} a month`);
    for (const text of [part, after, /costs \$0\.10 an hour more \(\$73\.00 a month\)/]) expect(told).toMatch(text);
    expect(told).toMatch(/Prices of us-east-1: https:.*zacfukuda.*, 2026-06-01; .*AWS price list, AmazonEKS, 2026-07/);
  });

  it('tells programs the same', async () => {
    const { told } = await deployed(fakeAws({ stack: undefined }), '--yes');
    expect(told.costs).toEqual({
      idle_usd_per_month: expect.closeTo(43.71, 2),
      kept_cluster_usd_per_hour: 0.1,
      kept_after_destroy_usd_per_month: 1,
      prices: expect.stringContaining('AWS price list, AmazonEKS, 2026-07'),
    });
  });

  const zonesOf = async (aws: ReturnType<typeof fakeAws>, config = '{}') => {
    const file = join(matrixFile.folder, 'zones.json');
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

  it('puts it where the GPUs are: each of its zones has types that the others lack, as far as there are any', async () => {
    const zones = [zone('a', 'use1-az1'), zone('b', 'use1-az2'), zone('c', 'use1-az4'), zone('d', 'use1-az6')];
    const only = { 'p5.48xlarge': ['us-east-1d'], 'g6e.xlarge': ['us-east-1c', 'us-east-1d'] };
    expect(await zonesOf(fakeAws({ stack: undefined, zones, only }))).toEqual([
      'zones=us-east-1a,us-east-1c,us-east-1d',
    ]);
    const { calls } = await deployed(
      fakeAws({
        stack: undefined,
        zones,
        only: { ...only, 'g5.8xlarge': ['us-east-1b'], 'g5.16xlarge': ['us-east-1c'] },
      }),
      ...['--yes', '--matrix', matrixFile.path],
    );
    // Of a matrix that is given its own types count, and no others.
    expect(calls[0]?.args).toContain('zones=us-east-1a,us-east-1b,us-east-1c');
  });

  it('refuses a matrix whose types the zones of the stack have not, or those that the configuration names', async () => {
    const only = { 'g5.8xlarge': ['us-east-1c'] };
    const outputs = { ...OUTPUTS, [Output.availabilityZones]: 'us-east-1a,us-east-1b' };
    const standing = await deployed(
      fakeAws({ stack: stackOf({ outputs }), only }),
      '--yes',
      '--matrix',
      matrixFile.path,
    );
    expect(standing.told.error).toMatchObject({ code: 'instance-type-not-offered' });
    const config = join(matrixFile.folder, 'named.json');
    await writeFile(config, JSON.stringify({ network: { availabilityZones: ['us-east-1a', 'us-east-1b'] } }));
    const named = await deployed(
      fakeAws({ stack: undefined, only }),
      ...['--yes', '--matrix', matrixFile.path, '--config', config],
    );
    expect(named.told.error).toMatchObject({ code: 'instance-type-not-offered' });
    expect([...standing.calls, ...named.calls]).toEqual([]);
  });

  it('leaves a VPC in the zones that it has, or that the configuration names', async () => {
    const outputs = { ...OUTPUTS, [Output.availabilityZones]: 'us-east-1e,us-east-1f' };
    expect(await zonesOf(fakeAws({ stack: stackOf({ outputs }) }))).toEqual(['zones=us-east-1e,us-east-1f']);
    const config = JSON.stringify({ network: { availabilityZones: ['us-east-1a', 'us-east-1b'] } });
    expect(await zonesOf(fakeAws({ stack: undefined, zones: [] }), config)).toEqual([]);
  });

  it('says what is wrong with a configuration that cannot be read, before anything is made', async () => {
    const { code, calls, told } = await deployed(
      fakeAws(),
      '--yes',
      '--config',
      join(matrixFile.folder, 'nowhere.json'),
    );
    expect({ code, calls, error: told.error.code }).toEqual({ code: 2, calls: [], error: 'bad-usage' });
    expect(told.error.message).toContain('nowhere.json');
  });

  it('lets a matrix into a foreign cluster that the configuration lists', async () => {
    const config = join(matrixFile.folder, 'foreign.json');
    await writeFile(config, JSON.stringify({ cluster: { foreignClusters: ['stepbench'] } }));
    const aws = fakeAws({ clusters: new Map([['stepbench', null]]) });
    expect((await deployed(aws, '--yes', '--matrix', matrixFile.path, '--config', config)).code).toBe(0);
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
    const argv = options.flatMap((option) => [option, matrixFile.path]);
    const { code, calls, told } = await deployed(fakeAws(has), ...argv, '--yes');
    expect({ code, calls, error: told.error.code }).toEqual({ code: 2, calls: [], error });
  });
});
