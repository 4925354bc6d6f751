/** Outputs of the stack: infra/ writes them, the CLI finds everything by them. */
export const Output = {
  /** Of the definition and the functions: what the CLI compares with its own. */
  version: 'StepBenchVersion',
  /** ARN of the alias that executions are started on. */
  stateMachineArn: 'StateMachineArn',
  resultsBucket: 'ResultsBucketName',
  athenaWorkgroup: 'AthenaWorkgroup',
  glueDatabase: 'GlueDatabase',
  topicArn: 'TopicArn',
  /** Read-only function behind `stepbench status`. */
  statusFunction: 'StatusFunctionName',
  /** Guard function behind `stepbench release`. */
  janitorFunction: 'JanitorFunctionName',
  scheduleGroup: 'ScheduleGroupName',
  /** Role that EventBridge Scheduler takes to start executions. */
  scheduleRoleArn: 'ScheduleRoleArn',
  scheduleDeadLetterArn: 'ScheduleDeadLetterArn',
  clusterName: 'ClusterName',
  /** Names of the zones of the VPC, with commas between; not there for a VPC that the stack did not make. */
  availabilityZones: 'AvailabilityZones',
  /** Names, with commas between; not there when there are none. */
  foreignClusters: 'ForeignClusters',
} as const;

export type OutputName = (typeof Output)[keyof typeof Output];
