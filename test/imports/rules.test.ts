import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const ROOT = process.cwd();

/** What the linter says of a folder that breaks the rules on purpose: a linter that sees nothing passes everything. */
async function violations(): Promise<string[]> {
  const { stdout } = await run(
    process.execPath,
    [
      `${ROOT}/node_modules/dependency-cruiser/bin/dependency-cruiser.mjs`,
      '--config',
      `${ROOT}/.dependency-cruiser.cjs`,
      '--output-type',
      'json',
      '.',
    ],
    { cwd: `${ROOT}/test/imports/planted`, maxBuffer: 1 << 26 },
  ).catch((error: { stdout: string }) => error);
  const { summary } = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
  return summary.violations.map(({ from, rule }) => `${from} breaks ${rule.name}`);
}

test('every planted violation is found: of types, of dynamic imports, of Node, of CDK', async () => {
  const found = await violations();
  expect(found).toEqual(
    expect.arrayContaining([
      'core/impure.ts breaks core-is-pure',
      'core/impure.ts breaks core-does-no-io',
      'local/thing.ts breaks local-without-aws',
      'lambdas/some-task/task.ts breaks tasks-see-ports-only',
      'statemachines/machine.ts breaks machine-is-core-and-cdk',
      'report/page.ts breaks report-is-pure',
      'cli/command.ts breaks cli-without-cdk',
      'cli/command.ts breaks no-circular',
      'cli/command.ts breaks sdk-only-in-aws',
      'aws/adapter.ts breaks aws-is-ports-over-sdk',
      'infra/stack.ts breaks infra-is-above-all-but-the-cli',
    ]),
  );
});
