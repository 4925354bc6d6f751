import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Cli } from '#cli/cli.ts';
import { Output } from '#core/stack/outputs.ts';
import { MATRIX, stepbench } from '../fake-cli.ts';
import { onBench, useMatrixFile, worldOf } from './bench.ts';
import { OUTPUTS } from './fake-stack.ts';

const matrixFile = useMatrixFile();

describe('stepbench schedule', () => {
  const NIGHTLY = ['schedule', 'create', 'nightly', '--stack', 'bench', '--yes'];
  const create = (cli: Cli, ...argv: string[]) =>
    stepbench(cli, ...NIGHTLY.slice(0, 3), matrixFile.path, ...NIGHTLY.slice(3), ...argv);
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

  it('refuses a matrix that Scheduler would write something else into: with its path, and nothing is asked of AWS', async () => {
    const { aws, cli } = worldOf();
    const matrix = { ...MATRIX, defaults: { ...MATRIX.defaults, model: 'a/<aws.scheduler.execution-id>' } };
    const file = join(matrixFile.folder, 'filled-in.json');
    await writeFile(file, JSON.stringify(matrix));
    expect(await stepbench(cli, 'schedule', 'create', 'nightly', file, '--stack', 'bench', '--yes', ...AT)).toBe(2);
    expect(aws.done).toEqual([]);
    expect(cli.stderr.text().replace(/\s+/g, ' ')).toContain('defaults.model "a/<aws.scheduler.execution-id>"');
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
