import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { type IPrincipal, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { NAMESPACE, ServiceAccount } from '#core/cluster/names.ts';
import { type ImageProps, letPullThrough } from './images.ts';
import type { Network } from './network.ts';
import type { Results } from './results.ts';

export interface ClusterAccessProps {
  network: Network;
  results: Results;
  images: ImageProps;
}

/** EKS Auto Mode: compute, disks and load balancers are the control plane's to manage. */
const CONTROL_PLANE_POLICIES = [
  'AmazonEKSClusterPolicy',
  'AmazonEKSComputePolicy',
  'AmazonEKSBlockStoragePolicy',
  'AmazonEKSLoadBalancingPolicy',
  'AmazonEKSNetworkingPolicy',
];
const NODE_POLICIES = ['AmazonEKSWorkerNodeMinimalPolicy', 'AmazonEC2ContainerRegistryPullOnly'];

/**
 * Pod Identity, for the pods of one service account: it says in session tags whose pods they are. An association that
 * gives the role to other pods, whoever made it, gives them nothing.
 */
const podsOf = (serviceAccount: string): IPrincipal =>
  new ServicePrincipal('pods.eks.amazonaws.com', {
    conditions: {
      StringEquals: {
        'aws:RequestTag/kubernetes-namespace': NAMESPACE,
        'aws:RequestTag/kubernetes-service-account': serviceAccount,
      },
    },
  }).withSessionTags();

/** What a cluster needs of AWS before ProvisionCluster makes it, and its pods afterwards. */
export class ClusterAccess extends Construct {
  readonly clusterRole: Role;
  readonly nodeRole: Role;
  /** By Pod Identity, of load Jobs: they write artifacts, and read the tokenizer. */
  readonly podRole: Role;
  /** By Pod Identity, of stagers: they write weights, and see nothing of runs. */
  readonly stagingRole: Role;
  /** By Pod Identity, of engines: they read weights, and nothing that was measured. */
  readonly weightsRole: Role;
  /**
   * Of the control plane's interfaces, beside the one that EKS makes. Owned here, so that no rule names a group of
   * EKS's: it would outlive the cluster, and keep the VPC from being deleted.
   */
  readonly securityGroup: SecurityGroup;
  readonly secretsKey: Key;

  constructor(scope: Construct, id: string, props: ClusterAccessProps) {
    super(scope, id);
    const { network, results, images } = props;
    const controlPlane = new ServicePrincipal('eks.amazonaws.com').withSessionTags();
    this.clusterRole = this.#role('ClusterRole', controlPlane, CONTROL_PLANE_POLICIES);
    this.nodeRole = this.#role('NodeRole', new ServicePrincipal('ec2.amazonaws.com'), NODE_POLICIES);
    this.podRole = this.#role('PodRole', podsOf(ServiceAccount.artifacts));
    this.stagingRole = this.#role('StagingRole', podsOf(ServiceAccount.staging));
    this.weightsRole = this.#role('WeightsRole', podsOf(ServiceAccount.weights));
    letPullThrough(this.nodeRole, images);
    this.#letPodsReach(results);
    this.securityGroup = new SecurityGroup(this, 'ControlPlane', {
      vpc: network.vpc,
      description: 'StepBench control planes: HTTPS from the functions',
      allowAllOutbound: false,
    });
    this.securityGroup.addIngressRule(
      Peer.securityGroupId(network.functions.securityGroupId),
      Port.tcp(443),
      'Functions of StepBench',
    );
    this.secretsKey = new Key(this, 'SecretsKey', {
      description: 'StepBench: Kubernetes Secrets',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  #role(id: string, assumedBy: IPrincipal, policies: readonly string[] = []): Role {
    const role = new Role(this, id, {
      assumedBy,
      managedPolicies: policies.map((name) => ManagedPolicy.fromAwsManagedPolicyName(name)),
    });
    for (const name of policies) {
      Validations.of(role).acknowledge({
        id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`,
        reason: 'EKS Auto Mode asks for exactly these of AWS’s own policies, and AWS keeps them in step with it.',
      });
    }
    return role;
  }

  #letPodsReach({ bucket, key }: Results): void {
    const objects = (...patterns: string[]) => patterns.map((pattern) => bucket.arnForObjects(pattern));
    const readWeights = () => [
      new PolicyStatement({ actions: ['s3:GetObject'], resources: objects('models/*') }),
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': 'models/*' } },
      }),
      new PolicyStatement({ actions: ['kms:Decrypt'], resources: [key.keyArn] }),
    ];
    const write = (...patterns: string[]) => [
      new PolicyStatement({ actions: ['s3:PutObject', 's3:AbortMultipartUpload'], resources: objects(...patterns) }),
      // Parts of an upload are read again by the key that they were written with.
      new PolicyStatement({ actions: ['kms:GenerateDataKey', 'kms:Decrypt'], resources: [key.keyArn] }),
    ];
    // The load Job fetches the tokenizer that was staged with the weights; a generator of somebody else is in its pod.
    for (const statement of [...readWeights(), ...write('runs/*/artifacts/*')]) this.podRole.addToPolicy(statement);
    for (const statement of write('models/*')) this.stagingRole.addToPolicy(statement);
    for (const statement of readWeights()) this.weightsRole.addToPolicy(statement);
  }
}
