import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { StepBenchStack } from '#infra/stack.ts';
import { testApp } from './support/synthesize.ts';

const outdir = mkdtempSync(join(tmpdir(), 'stepbench-nag-'));
afterEach(() => rmSync(outdir, { recursive: true, force: true }));

interface Report {
  pluginReports: { pluginName: string; violations: { ruleName: string }[] }[];
}

/** Names of the rules of AwsSolutions that the stack breaks. */
function broken(plant: (stack: StepBenchStack) => void = () => {}): string[] {
  const app = testApp({ outdir });
  plant(new StepBenchStack(app, 'StepBench'));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const quiet = vi.spyOn(console, 'error').mockImplementation(() => {});
  try {
    app.synth();
  } catch {
    // Any finding makes the synthesis fail; which ones there are, the report says.
  } finally {
    quiet.mockRestore();
  }
  const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as Report;
  const nag = report.pluginReports.find(({ pluginName }) => pluginName === 'AwsSolutions');
  // One that finds nothing is not in the report; that it looks at all, the planted ones show.
  return [...new Set((nag?.violations ?? []).map(({ ruleName }) => ruleName))].sort();
}

describe('cdk-nag’s AwsSolutions', () => {
  it('finds nothing without a reason beside it', () => {
    expect(broken()).toEqual([]);
  });

  it('would see a bucket without TLS and without access logs', () => {
    expect(broken((stack) => new Bucket(stack, 'Planted'))).toEqual(['AwsSolutions-S1', 'AwsSolutions-S10']);
  });

  it('would see a pattern that somebody adds to a policy of ours', () => {
    const plant = ({ stepBench }: StepBenchStack) =>
      stepBench.clusterAccess.podRole.addToPolicy(new PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));
    expect(broken(plant)).toEqual(['AwsSolutions-IAM5[Action::s3:*]', 'AwsSolutions-IAM5[Resource::*]']);
  });
});
