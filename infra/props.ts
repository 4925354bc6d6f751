import type { IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { BenchmarkScheduleProps } from './benchmark-schedule.ts';
import type { ImageProps } from './images.ts';

/** What `new StepBench(scope, id, props)` takes. Everything has a default: `{}` deploys a working system. */
export interface StepBenchProps {
  /**
   * Value of the tag `stepbench:stack` on clusters that this system creates: by it, it knows them as its own.
   * @default the name of the CloudFormation stack
   */
  stackName?: string;
  /**
   * The cluster that the stack's output ClusterName tells people of; a matrix says itself which one it means.
   * @default 'stepbench', which is what a matrix means that names none
   */
  clusterName?: string;
  /** Where functions and clusters are. */
  network?: NetworkProps;
  /** Bucket, tables and workgroup. */
  results?: ResultsProps;
  /** How clusters that this system creates are reached, and what pods in them are given. */
  cluster?: ClusterProps;
  /** Where the images of pods are pulled from, and by which digests. */
  images?: ImageProps;
  /**
   * How long the logs of functions, of the state machine and of control planes are kept, in days: one of those that
   * CloudWatch knows (1, 3, 5, 7, 14, 30, 60, 90, ...).
   * @default 30
   */
  logRetentionDays?: number;
  /**
   * Addresses that are told how runs ended, and of alarms. Each has to confirm its subscription.
   * @default none
   */
  emails?: string[];
  /**
   * An AWS Budget over the whole account that tells the topic at 80 % of so many dollars a month, and when the
   * forecast is above them. A matrix has a budget of its own, which is kept without it.
   * @default none
   */
  monthlyBudgetUsd?: number;
  /**
   * Benchmarks that are run again and again. More can be made later by `stepbench schedule`.
   * @default none
   */
  schedules?: BenchmarkScheduleProps[];
}

export interface NetworkProps {
  /**
   * A VPC of your own, with private subnets that reach the internet in at least two zones: isolated and public ones are
   * refused. The other props of the network but `subnets` are then yours to see to.
   * @default a new VPC
   */
  vpc?: IVpc;
  /**
   * Of a VPC of your own, the subnets for functions and clusters.
   * @default its private subnets with a way out
   */
  subnets?: SubnetSelection;
  /**
   * RFC 1918 range of the new VPC, /16 to /20: every pod has an address of it.
   * @default '10.42.0.0/16'
   */
  cidr?: string;
  /**
   * NAT gateways: 1 is cheap ($33 a month), 3 (one in each zone) outlive the loss of a zone.
   * @default 1
   */
  natGateways?: 1 | 3;
  /**
   * Names of two zones or more. EKS takes no subnets in some (use1-az3, usw1-az2, cac1-az3), which are any letter in
   * your account. `stepbench deploy` asks the account, and names three that EKS takes and that offer most types of GPU.
   * @default the first three of the region; where EKS refuses one, which it is cannot be seen, and a deployment that
   * names none is refused before anything is made
   */
  availabilityZones?: string[];
  /**
   * Interface endpoints, by the short names of their services (`sts`, `eks`, `ecr.dkr`): traffic to them leaves the
   * VPC no more. Each costs about $22 a month over three zones. S3 has its gateway endpoint always.
   * @default none
   */
  interfaceEndpoints?: string[];
  /**
   * Whether the flow of packets is logged to CloudWatch.
   * @default false
   */
  flowLogs?: boolean;
}

export interface ResultsProps {
  /**
   * Whether the bucket, with all that was ever measured, and its key outlive the stack.
   * @default true
   */
  retain?: boolean;
  /**
   * Days after which what load generators wrote goes to Intelligent-Tiering. Nothing of the current state is ever
   * deleted.
   * @default 30
   */
  artifactTieringDays?: number;
  /**
   * Days for which overwritten and deleted versions are kept.
   * @default 30
   */
  oldVersionDays?: number;
  /**
   * Bytes that one statement in the workgroup may scan, in MB (10 at least): at $5 a TB, 10,000 MB cost $0.05.
   * @default 10000
   */
  scannedMegabytesLimit?: number;
}

export interface ClusterProps {
  /**
   * Names of EKS clusters that somebody else made and in which runs may be, beside those that this stack makes. In
   * each of them ProvisionCluster becomes administrator for the seconds in which it applies roles and policies.
   * @default none: a cluster without this stack's tag is refused
   */
  foreignClusters?: string[];
  /**
   * CIDR ranges that may reach the API servers of clusters that this system creates, over the internet.
   * @default none: from inside the VPC only
   */
  publicAccessCidrs?: string[];
  /**
   * ARNs of IAM roles of people who may look into clusters and forward a port to an engine that is held
   * (`hold.minutes` of a matrix). They change nothing there; the way into the VPC is theirs to have.
   * @default none
   */
  operators?: string[];
  /**
   * Secret whose text is a Hugging Face token, for models that ask for one; or its whole ARN. Mirrored into the cluster.
   * A key of your own that encrypts it has to let IAM policies of the account decide, as keys do by default.
   * @default none
   */
  huggingFaceSecret?: ISecret | string;
  /**
   * Secret whose text is a JSON object of header variables for endpoints; or its whole ARN. Mirrored likewise.
   * @default none
   */
  endpointHeadersSecret?: ISecret | string;
}
