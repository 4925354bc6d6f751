import { type ClusterSettings, Variable } from '#core/stack/environment.ts';
import type { FunctionName } from '#infra/functions.ts';
import { flattened } from '#infra/wildcards.ts';
import { resourceOf, resourcesOf, type Synthesized } from './synthesize.ts';

/** What the stack would be once it is deployed, in ARNs as policies have them: `<Bucket.Arn>`. */
export interface Deployed {
  bucketArn: string;
  dataKeyArn: string;
  workgroupArn: string;
  /** Of Glue: catalog, database, and a table of it. */
  catalogArns: string[];
  defaultDatabaseArn: string;
  topicArn: string;
  executionArn: string;
  machineArn: string;
  clusterSettings(name: FunctionName): ClusterSettings;
}

export function deployedFrom(stack: Synthesized): Deployed {
  const attribute = (type: string, holding: string) => `<${resourceOf(stack, type, holding).id}.Arn>`;
  const arn = (service: string, resource: string) =>
    `arn:<AWS::Partition>:${service}:<AWS::Region>:<AWS::AccountId>:${resource}`;
  const machine = resourceOf(stack, 'AWS::StepFunctions::StateMachine');
  const database = `<${resourceOf(stack, 'AWS::Glue::Database').id}>`;
  return {
    bucketArn: attribute('AWS::S3::Bucket', 'Results'),
    dataKeyArn: attribute('AWS::KMS::Key', 'ResultsKey'),
    workgroupArn: arn('athena', `workgroup/<${resourceOf(stack, 'AWS::Athena::WorkGroup').id}>`),
    catalogArns: [
      arn('glue', 'catalog'),
      arn('glue', `database/${database}`),
      arn('glue', `table/${database}/latest_cells`),
    ],
    defaultDatabaseArn: arn('glue', 'database/default'),
    topicArn: `<${resourceOf(stack, 'AWS::SNS::Topic').id}>`,
    executionArn: arn('states', `execution:${machine.Properties.StateMachineName}:small-1`),
    machineArn: `<${machine.id}>`,
    clusterSettings: (name) => settingsOf(stack, name) ?? (settingsOf(stack, 'ProvisionCluster') as ClusterSettings),
  };
}

/** What the function is told of clusters; undefined for one that has nothing to do with any. */
function settingsOf(stack: Synthesized, name: FunctionName): ClusterSettings | undefined {
  const of = resourcesOf(stack, 'AWS::Lambda::Function').find(({ Properties }) =>
    (Properties.Description as string).startsWith(`StepBench ${name}:`),
  );
  const value = of?.Properties.Environment.Variables[Variable.cluster];
  return value === undefined ? undefined : (JSON.parse(flattened(value)) as ClusterSettings);
}
