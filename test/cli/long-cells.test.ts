import { describe, expect, it } from 'vitest';
import { fakeCli, MATRIX, stepbench } from './fake-cli.ts';
import { fakeRehearsal, fakeRun } from './fake-run.ts';
import { matrixFiles } from './matrix-files.ts';
import { onBench, worldOf } from './stack/bench.ts';

const { file } = matrixFiles();
const SHORT = { requestsPerConcurrency: 400, maxCellSeconds: 600 };
const LONG_ENOUGH = { ...SHORT, maxCellSeconds: 14_400 };
/** Two deployments that their arguments alone tell apart. */
const matrixWith = (load: object) =>
  file('long.json', {
    ...MATRIX,
    matrix: { instanceType: ['g5.8xlarge'], concurrency: [2, 4], engineArguments: [['--enforce-eager'], []] },
    load,
    budgetUsd: 500,
  });

const WARNING =
  /2 cells may be cut off at 600 s \(load\.maxCellSeconds\).* g5\.8xlarge TP=1 no arguments at concurrency 4 /;

/** All that each command has told when it is to begin, or to ask whether it may. */
const BEFORE: Record<string, (matrix: string) => Promise<string>> = {
  'stepbench run': async (matrix) => {
    let told = '';
    const start = fakeRun();
    const cli = fakeCli({
      startLocalRun: (options) => {
        told = cli.stderr.text();
        return start(options);
      },
    });
    await stepbench(cli, 'run', matrix);
    return told;
  },
  'stepbench run --stack': (matrix) => asked('run', matrix, ...onBench),
  'stepbench schedule create': (matrix) =>
    asked('schedule', 'create', 'nightly', matrix, '--at', 'rate(1 day)', ...onBench),
};

async function asked(...argv: string[]): Promise<string> {
  let told = '';
  const { cli } = worldOf(undefined, {
    confirm: async () => {
      told = cli.stderr.text();
      return false;
    },
  });
  await stepbench(cli, ...argv);
  return told;
}

describe.each(Object.entries(BEFORE))('%s, of cells that may have too little time', (_, before) => {
  it('warns before it starts anything, and names the deployment by what tells it from the others', async () => {
    const told = await before(await matrixWith(SHORT));
    expect(told.replace(/\s+/g, ' ')).toMatch(new RegExp(`Warning: ${WARNING.source}`));
  });

  it('says nothing where all have the time', async () => {
    const told = await before(await matrixWith(LONG_ENOUGH));
    expect(told).not.toBe('');
    expect(told).not.toContain('Warning');
  });
});

it('stepbench plan --json has the same among its warnings', async () => {
  const warnings = async (load: object) => {
    const cli = fakeCli({ rehearse: fakeRehearsal() });
    expect(await stepbench(cli, 'plan', await matrixWith(load), '--json')).toBe(0);
    return JSON.parse(cli.stdout.text()).warnings;
  };
  expect(await warnings(SHORT)).toEqual([expect.stringMatching(WARNING)]);
  expect(await warnings(LONG_ENOUGH)).toEqual([]);
});
