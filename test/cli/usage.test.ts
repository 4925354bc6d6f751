import { describe, expect, it } from 'vitest';
import { VERSION } from '#core/stack/version.ts';
import { fakeCli, stepbench } from './fake-cli.ts';

describe('stepbench doctor', () => {
  const checks = (status: 'ok' | 'warn' | 'fail') => () => [
    async () => [{ name: 'node', status: 'ok' as const, detail: 'v24' }],
    async () => [{ name: 'python', status, detail: 'none found', nextStep: 'Install Python 3.12.' }],
  ];

  it('fails when something is missing, and not for a warning', async () => {
    const failed = fakeCli({ checks: checks('fail') });
    expect(await stepbench(failed, 'doctor')).toBe(1);
    expect(failed.stdout.text()).toMatch(/^ok {4}node: v24\nfail {2}python: none found\n {6}Install Python 3\.12\.$/m);
    expect(await stepbench(fakeCli({ checks: checks('warn') }), 'doctor')).toBe(0);
    const json = fakeCli({ checks: checks('fail') });
    await stepbench(json, 'doctor', '--json');
    expect(JSON.parse(json.stdout.text())).toMatchObject({
      ok: false,
      checks: [{}, { status: 'fail', next_step: 'Install Python 3.12.' }],
    });
  });
});

describe('stepbench', () => {
  it.each([['run'], ['plan'], ['query'], ['runs'], ['doctor']])('%s --help has examples', async (command) => {
    const cli = fakeCli();
    expect(await stepbench(cli, command, '--help')).toBe(0);
    expect(cli.stdout.text()).toMatch(/Examples?:\n {2}stepbench /);
  });

  it.each([
    ['0123456789ab', `stepbench ${VERSION} (0123456789ab)\n`],
    [undefined, `stepbench ${VERSION}\n`],
  ])('says its version, and its commit where that is known: %s', async (commit, said) => {
    const cli = fakeCli({ commit: () => commit });
    expect(await stepbench(cli, '--version')).toBe(0);
    expect(cli.stdout.text()).toBe(said);
    expect(cli.stderr.text()).toBe('');
  });

  it('documents its exit codes', async () => {
    const cli = fakeCli();
    expect(await stepbench(cli, '--help')).toBe(0);
    expect(cli.stdout.text()).toMatch(
      /0 succeeded, 1 failed, 2 bad input.*3 partial .*or are not valid.*130 interrupted/s,
    );
  });

  it.each([[[]], [['rnu']], [['plan']], [['runs', 'extra']]])('%j is bad usage', async (argv) => {
    const cli = fakeCli();
    expect(await stepbench(cli, ...argv)).toBe(2);
    expect(cli.stderr.text()).toContain('stepbench --help');
    expect(cli.stdout.text()).toBe('');
  });
});
