import { expect, it } from 'vitest';
import { SMALL } from '#test/local/runtime/virtual-run.ts';
import { allows, permissionsOfRole } from './support/allowed.ts';
import { deployedFrom } from './support/deployed.ts';
import { resourceOf, synthesize } from './support/synthesize.ts';

const stack = synthesize({ schedules: [{ name: 'nightly', expression: 'rate(1 day)', matrix: SMALL }] });
const { machineArn } = deployedFrom(stack);
const { Target } = resourceOf(stack, 'AWS::Scheduler::Schedule').Properties;

it('a schedule may start what it names: Step Functions asks IAM about the machine, and of which alias', () => {
  const alias = resourceOf(stack, 'AWS::StepFunctions::StateMachineAlias');
  expect(Target.Arn).toEqual({ Ref: alias.id });
  const permissions = permissionsOfRole(stack, Target.RoleArn['Fn::GetAtt'][0]);
  const start = (qualifier: string | undefined) =>
    allows(permissions, {
      action: 'states:StartExecution',
      resource: machineArn,
      ...(qualifier === undefined ? {} : { context: { 'states:StateMachineQualifier': qualifier } }),
    });
  expect(start(alias.Properties.Name)).toBe(true);
  // Not the machine as it is while it is being deployed, nor an older version.
  expect(start(undefined)).toBe(false);
  expect(start('1')).toBe(false);
  const dead = Target.DeadLetterConfig.Arn['Fn::GetAtt'].join('.');
  expect(allows(permissions, { action: 'sqs:SendMessage', resource: `<${dead}>` })).toBe(true);
});
