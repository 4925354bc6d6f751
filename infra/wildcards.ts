import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Why a pattern stands in a policy where cdk-nag would rather have a name. test/infra lists every one of them. */
export function acknowledgeWildcards(role: IConstruct): void {
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5',
    reason:
      'Runs, cells and clusters are named by users after the deployment: patterns stay within the stack’s own bucket, machine and database. Those on everything are of calls that know no resource; test/infra/wildcards.test.ts lists each with its reason.',
  });
}
