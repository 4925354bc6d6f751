import { CfnRule, Fn, RemovalPolicy, Stack, Token, Validations } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type ISubnet,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { REGIONS_TO_NAME_ZONES_IN } from '#core/stack/zones.ts';
import type { NetworkProps } from './props.ts';
import { wayOutProblems } from './way-out.ts';

const ZONES = 3;
const DEFAULT_CIDR = '10.42.0.0/16';

/** Where clusters and the functions that speak to them are: private subnets with a way out, S3 without NAT. */
export class Network extends Construct {
  readonly vpc: IVpc;
  readonly subnets: ISubnet[];
  /** Names of the zones of a new VPC. */
  readonly zones: string[] | undefined;
  /** Of the functions; nothing comes in. */
  readonly functions: SecurityGroup;

  constructor(scope: Construct, id: string, props: NetworkProps & { logRetention: RetentionDays }) {
    super(scope, id);
    if (props.vpc === undefined && props.availabilityZones === undefined) refuseUnnamedZones(this);
    // The region's own list, read when it is deployed: nothing is looked up, nothing baked in.
    const zones = props.availabilityZones ?? Array.from({ length: ZONES }, (_, index) => Fn.select(index, Fn.getAzs()));
    this.vpc = props.vpc ?? newVpc(this, { ...props, zones });
    this.zones = props.vpc === undefined ? zones : undefined;
    this.subnets = subnetsOf(this.vpc, props);
    for (const name of props.interfaceEndpoints ?? []) {
      this.vpc.addInterfaceEndpoint(`Endpoint-${name}`, {
        service: new InterfaceVpcEndpointAwsService(name),
        subnets: { subnets: this.subnets },
      });
    }
    this.functions = new SecurityGroup(this, 'Functions', {
      vpc: this.vpc,
      description: 'StepBench functions: HTTPS to Kubernetes and to AWS',
      allowAllOutbound: false,
    });
    this.functions.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'Kubernetes and AWS');
  }
}

/** @throws Error for subnets of a VPC of somebody else's that nothing in them gets out of. */
function subnetsOf(vpc: IVpc, props: NetworkProps): ISubnet[] {
  const selection = props.subnets ?? { subnetType: SubnetType.PRIVATE_WITH_EGRESS };
  if (props.vpc === undefined) return vpc.selectSubnets(selection).subnets;
  const none = props.subnets === undefined && vpc.privateSubnets.length === 0;
  const subnets = none ? undefined : vpc.selectSubnets(selection).subnets;
  const problems = wayOutProblems(vpc, subnets);
  if (subnets !== undefined && problems.length === 0) return subnets;
  throw new Error(`StepBench cannot be built like this:\n- ${problems.join('\n- ')}`);
}

const NAME_ZONES = `EKS takes no subnets in one zone of this region, and which letter that is differs from account to account. Deploy with "stepbench deploy", which asks the account; or name zones: cdk deploy -c zones=A,B,C, or network.availabilityZones. "aws ec2 describe-availability-zones" has the ids beside the names; a stack that stands says in its output AvailabilityZones which it has.`;

/**
 * The first three zones are not taken unseen where EKS refuses one: the cluster would fail in the first run, long after
 * the stack was paid for. Where the region is known that is told by synth, else by CloudFormation before it makes anything.
 * @throws Error
 */
function refuseUnnamedZones(scope: Construct): void {
  const { region } = Stack.of(scope);
  if (!Token.isUnresolved(region)) {
    if (REGIONS_TO_NAME_ZONES_IN.includes(region))
      throw new Error(`network.availabilityZones, in ${region}: ${NAME_ZONES}`);
    return;
  }
  new CfnRule(scope, 'ZonesAreNamed', {
    assertions: [
      {
        assert: Fn.conditionNot(Fn.conditionContains([...REGIONS_TO_NAME_ZONES_IN], region)),
        assertDescription: NAME_ZONES,
      },
    ],
  });
}

function newVpc(scope: Construct, props: NetworkProps & { zones: string[]; logRetention: RetentionDays }): Vpc {
  const vpc = new Vpc(scope, 'Vpc', {
    ipAddresses: IpAddresses.cidr(props.cidr ?? DEFAULT_CIDR),
    availabilityZones: props.zones,
    natGateways: props.natGateways ?? 1,
    subnetConfiguration: [
      // NAT gateways only; every pod has an address in a private one.
      { name: 'Public', subnetType: SubnetType.PUBLIC, cidrMask: 26, mapPublicIpOnLaunch: false },
      { name: 'Private', subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    ],
    gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
    // The default group is not used; the custom resource that would empty it is one more function to trust.
    restrictDefaultSecurityGroup: false,
  });
  Validations.of(vpc).acknowledge({
    id: 'CloudFormation-Validate::W3010',
    reason: 'Zones are named where the account’s own letters stand for some that EKS does not take.',
  });
  if (props.flowLogs) {
    const logGroup = new LogGroup(scope, 'FlowLogs', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    vpc.addFlowLog('FlowLog', {
      destination: FlowLogDestination.toCloudWatchLogs(logGroup),
      trafficType: FlowLogTrafficType.ALL,
    });
  } else {
    Validations.of(vpc).acknowledge({
      id: 'AwsSolutions-VPC7',
      reason: 'Flow logs are a prop: they cost more than the rest of an idle stack, and nothing public listens here.',
    });
  }
  return vpc;
}
