import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Subnet, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { problemsOf } from '#infra/check-props.ts';
import { Network } from '#infra/network.ts';
import type { NetworkProps } from '#infra/props.ts';
import { type Resource, resourcesOf, type Synthesized } from './support/synthesize.ts';

const outdir = mkdtempSync(join(tmpdir(), 'stepbench-network-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** Networks alone: every stack has one, and synthesizing only that lets many be tried. */
function network(props: (stack: Stack) => NetworkProps, where: StackProps = {}): Synthesized & { made: Network } {
  const stack = new Stack(new App({ analyticsReporting: false, outdir }), 'Network', where);
  const made = new Network(stack, 'N', { ...props(stack), logRetention: RetentionDays.ONE_DAY });
  const template = Template.fromStack(stack);
  return { resources: template.toJSON().Resources as Record<string, Resource>, outputs: {}, template, made };
}

const octet = fc.integer({ min: 0, max: 255 });
/** /16 to /20 of the three ranges of RFC 1918. */
const cidr = fc
  .tuple(
    fc.oneof(
      octet.map((second) => `10.${second}`),
      fc.integer({ min: 16, max: 31 }).map((second) => `172.${second}`),
      fc.constant('192.168'),
    ),
    fc.integer({ min: 16, max: 20 }),
    octet,
  )
  .map(([start, bits, third]) => `${start}.${bits === 16 ? 0 : third & (256 - 2 ** (24 - bits))}.0/${bits}`);
const zones = fc.constantFrom<string[]>(
  ['us-east-1a', 'us-east-1b', 'us-east-1d'],
  ['eu-central-1c', 'eu-central-1a', 'eu-central-1b'],
);
const endpoints = fc.uniqueArray(fc.constantFrom('sts', 'eks', 'ecr.dkr', 'ecr.api', 'logs', 'states', 'ec2'));

const valid: fc.Arbitrary<NetworkProps> = fc.record(
  {
    cidr,
    natGateways: fc.constantFrom(1 as const, 3 as const),
    availabilityZones: zones,
    interfaceEndpoints: endpoints,
    flowLogs: fc.boolean(),
  },
  { requiredKeys: [] },
);

interface Range {
  from: number;
  size: number;
}
function rangeOf(text: string): Range {
  const [address = '', bits = ''] = text.split('/');
  const from = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return { from, size: 2 ** (32 - Number(bits)) };
}
const isWithin = (inner: Range, outer: Range) =>
  inner.from >= outer.from && inner.from + inner.size <= outer.from + outer.size;
const areApart = (a: Range, b: Range) => a.from + a.size <= b.from || b.from + b.size <= a.from;

describe('a new network, whatever it is asked to be', () => {
  const each = (check: (made: Synthesized, props: NetworkProps) => void) =>
    fc.assert(
      fc.property(valid, (props) => {
        expect(problemsOf({ network: props })).toEqual([]);
        check(
          network(() => props),
          props,
        );
      }),
      { numRuns: 20 },
    );

  it('is over three zones, with a public and a private subnet in each that do not overlap', () => {
    each((made, props) => {
      const vpc = rangeOf(resourcesOf(made, 'AWS::EC2::VPC')[0]?.Properties.CidrBlock);
      expect(vpc).toEqual(rangeOf(props.cidr ?? '10.42.0.0/16'));
      const subnets = resourcesOf(made, 'AWS::EC2::Subnet');
      const ranges = subnets.map(({ Properties }) => rangeOf(Properties.CidrBlock));
      expect(subnets).toHaveLength(6);
      for (const [index, range] of ranges.entries()) {
        expect(isWithin(range, vpc)).toBe(true);
        for (const other of ranges.slice(index + 1)) expect(areApart(range, other)).toBe(true);
      }
      for (const kind of ['Public', 'Private']) {
        const places = subnets
          .filter(({ id }) => id.includes(kind))
          .map((one) => JSON.stringify(one.Properties.AvailabilityZone));
        expect(new Set(places).size).toBe(3);
        if (props.availabilityZones !== undefined)
          expect(places.map((text) => JSON.parse(text))).toEqual(props.availabilityZones);
      }
    });
  });

  it('has an address for a thousand pods in each private subnet, and a public address for nothing', () => {
    each((made) => {
      for (const { id, Properties } of resourcesOf(made, 'AWS::EC2::Subnet')) {
        expect(Properties.MapPublicIpOnLaunch).toBe(false);
        if (id.includes('Private')) expect(rangeOf(Properties.CidrBlock).size).toBeGreaterThanOrEqual(1024);
      }
    });
  });

  it('leads out by as many NAT gateways as it was asked for, from every private subnet', () => {
    each((made, { natGateways = 1 }) => {
      const gateways = resourcesOf(made, 'AWS::EC2::NatGateway').map(({ id }) => id);
      expect(gateways).toHaveLength(natGateways);
      const out = resourcesOf(made, 'AWS::EC2::Route').filter(
        ({ Properties }) => Properties.NatGatewayId !== undefined,
      );
      expect(out).toHaveLength(3);
      for (const { Properties } of out) expect(Properties.DestinationCidrBlock).toBe('0.0.0.0/0');
      expect(new Set(out.map(({ Properties }) => Properties.NatGatewayId.Ref))).toEqual(new Set(gateways));
    });
  });

  it('reaches S3 past NAT from every private subnet, and what else it was asked for, by endpoints', () => {
    each((made, { interfaceEndpoints = [] }) => {
      const all = resourcesOf(made, 'AWS::EC2::VPCEndpoint');
      const gateways = all.filter(({ Properties }) => Properties.VpcEndpointType === 'Gateway');
      expect(gateways).toHaveLength(1);
      expect(JSON.stringify(gateways[0]?.Properties.ServiceName)).toContain('.s3');
      const tables = resourcesOf(made, 'AWS::EC2::RouteTable').filter(({ id }) => id.includes('Private'));
      const reached = gateways[0]?.Properties.RouteTableIds.map(({ Ref }: { Ref: string }) => Ref);
      expect(reached).toEqual(expect.arrayContaining(tables.map(({ id }) => id)));
      const interfaces = all.filter(({ Properties }) => Properties.VpcEndpointType === 'Interface');
      expect(interfaces).toHaveLength(interfaceEndpoints.length);
      for (const { Properties } of interfaces) expect(Properties.SubnetIds).toHaveLength(3);
    });
  });

  it('lets nothing in from outside, and functions out to HTTPS only', () => {
    each((made, { flowLogs = false }) => {
      const groups = resourcesOf(made, 'AWS::EC2::SecurityGroup');
      const world = groups
        .flatMap(({ Properties }) => Properties.SecurityGroupIngress ?? [])
        .filter(({ CidrIp }) => CidrIp === '0.0.0.0/0');
      expect(world).toEqual([]);
      const functions = groups.find(({ id }) => id.includes('Functions'));
      expect(functions?.Properties.SecurityGroupEgress).toMatchObject([
        { FromPort: 443, ToPort: 443, IpProtocol: 'tcp' },
      ]);
      expect(resourcesOf(made, 'AWS::EC2::FlowLog')).toHaveLength(flowLogs ? 1 : 0);
    });
  });
});

describe('a network whose zones nobody named', () => {
  /** As CloudFormation evaluates it, before it makes anything. */
  function refusedIn(region: string): string[] {
    return rulesOf(network(() => ({}))).flatMap(({ Assertions }) =>
      Assertions.filter(
        ({
          Assert: {
            'Fn::Not': [one],
          },
        }) => {
          const [regions, asked] = one['Fn::Contains'];
          expect(asked).toEqual({ Ref: 'AWS::Region' });
          return regions.includes(region);
        },
      ).map(({ AssertDescription }) => AssertDescription),
    );
  }
  /** Without the CDK's own, of its bootstrap. */
  const rulesOf = ({ template }: Synthesized): Rule[] =>
    Object.entries(template.toJSON().Rules as Record<string, Rule>).flatMap(([id, rule]) =>
      id.includes('Zones') ? [rule] : [],
    );
  interface Rule {
    Assertions: {
      Assert: { 'Fn::Not': [{ 'Fn::Contains': [string[], unknown] }] };
      AssertDescription: string;
    }[];
  }

  it.each(['us-east-1', 'us-west-1', 'ca-central-1', 'cn-north-1'])(
    'is not made in %s, where EKS refuses one of them, with what to do',
    (region) => {
      expect(refusedIn(region)).toEqual([expect.stringMatching(/stepbench deploy.*-c zones=A,B,C/)]);
      const env = { env: { region, account: '111122223333' } };
      expect(() => network(() => ({}), env)).toThrow(/availabilityZones, in .*stepbench deploy.*-c zones=A,B,C/);
    },
  );

  it.each(['eu-central-1', 'us-east-2', 'us-west-2'])('is made in %s, where EKS takes all', (region) => {
    expect(refusedIn(region)).toEqual([]);
    const env = { env: { region, account: '111122223333' } };
    expect(rulesOf(network(() => ({}), env))).toEqual([]);
  });

  it('is made anywhere once they are named', () => {
    const named = { availabilityZones: ['us-east-1b', 'us-east-1d'] };
    expect(rulesOf(network(() => named))).toEqual([]);
    const env = { env: { region: 'us-east-1', account: '111122223333' } };
    expect(() => network(() => named, env)).not.toThrow();
  });
});

describe('a network of your own', () => {
  it('is used as it is: nothing of it is made, and functions are in the subnets that it has for that', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4 }), fc.uniqueArray(fc.constantFrom('sts', 'eks')), (count, names) => {
        const ids = Array.from({ length: count }, (_, n) => `subnet-0123456789abcdef${n}`);
        const made = network((stack) => ({
          interfaceEndpoints: names,
          vpc: Vpc.fromVpcAttributes(stack, 'Yours', {
            vpcId: 'vpc-0123456789abcdef0',
            vpcCidrBlock: '10.0.0.0/16',
            availabilityZones: ids.map((_, n) => `us-east-1${'abcd'[n]}`),
            privateSubnetIds: ids,
            privateSubnetRouteTableIds: ids.map((id) => id.replace('subnet', 'rtb')),
          }),
        }));
        expect(made.made.subnets.map(({ subnetId }) => subnetId)).toEqual(ids);
        const types = new Set(Object.values(made.resources).map(({ Type }) => Type));
        expect([...types].filter((type) => /VPC$|Subnet|NatGateway|Route|InternetGateway|EIP/.test(type))).toEqual([]);
        expect(resourcesOf(made, 'AWS::EC2::VPCEndpoint')).toHaveLength(names.length);
      }),
      { numRuns: 10 },
    );
  });

  const ids = (kind: string, count = 2) => Array.from({ length: count }, (_, n) => `subnet-${kind}${n}`);
  const yours = (
    stack: Stack,
    of: { private?: string[]; isolated?: string[]; public?: string[] },
    zones = ['a', 'b'],
  ) =>
    Vpc.fromVpcAttributes(stack, 'Yours', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: zones.map((letter) => `us-east-1${letter}`),
      ...(of.private && { privateSubnetIds: of.private }),
      ...(of.isolated && { isolatedSubnetIds: of.isolated }),
      ...(of.public && { publicSubnetIds: of.public }),
    });

  it('is refused without a private subnet, by what it has instead and what is needed', () => {
    expect(() => network((stack) => ({ vpc: yours(stack, { isolated: ids('i'), public: ids('p') }) }))).toThrow(
      /network\.vpc: it has no private subnets with a way out \(2 isolated, 2 public\).*price list.*NAT gateway/,
    );
    const made = (stack: Stack) => new Vpc(stack, 'Made', { natGateways: 0, maxAzs: 2 });
    expect(() => network((stack) => ({ vpc: made(stack) }))).toThrow(/no private subnets with a way out/);
  });

  it.each([
    ['isolated', SubnetType.PRIVATE_ISOLATED, /network\.subnets subnet-i0, subnet-i1: isolated.*privateSubnetIds/],
    ['public', SubnetType.PUBLIC, /network\.subnets subnet-p0, subnet-p1: public.*no public address/],
  ])(
    'is refused with %s subnets for functions and clusters, whatever endpoints are asked for',
    (_, subnetType, why) => {
      const all = { private: ids('o'), isolated: ids('i'), public: ids('p') };
      const props = (stack: Stack): NetworkProps => ({
        ...{ vpc: yours(stack, all), subnets: { subnetType }, interfaceEndpoints: ['sts', 'eks'] },
      });
      expect(() => network(props)).toThrow(why);
      expect(() => network((stack) => ({ vpc: yours(stack, all) }))).not.toThrow();
    },
  );

  it('has named its zones with its subnets, wherever it is', () => {
    const env = { env: { region: 'us-east-1', account: '111122223333' } };
    const yoursIn = (stack: Stack) => ({ vpc: yours(stack, { private: ids('o') }) });
    expect(() => network(yoursIn, env)).not.toThrow();
    expect(Object.keys(network(yoursIn).template.toJSON().Rules ?? {}).join()).not.toContain('Zones');
  });

  it('may have the subnets that were named, though it has no private ones itself', () => {
    const bare = (stack: Stack) => yours(stack, { isolated: ids('i') });
    const others = (stack: Stack) =>
      ids('x').map((subnetId, n) =>
        Subnet.fromSubnetAttributes(stack, subnetId, { subnetId, availabilityZone: `us-east-1${'ab'[n]}` }),
      );
    const made = network((stack) => ({ vpc: bare(stack), subnets: { subnets: others(stack) } }));
    expect(made.made.subnets.map(({ subnetId }) => subnetId)).toEqual(ids('x'));
    const isolated = { subnetType: SubnetType.PRIVATE_ISOLATED };
    expect(() => network((stack) => ({ vpc: bare(stack), subnets: isolated }))).toThrow(
      /network\.subnets subnet-i0, subnet-i1: isolated/,
    );
  });

  it('that is made in the same app has no ids yet to tell its subnets by', () => {
    const made = (stack: Stack) => new Vpc(stack, 'Made', { maxAzs: 2 });
    const open = { subnetType: SubnetType.PUBLIC };
    expect(() => network((stack) => ({ vpc: made(stack), subnets: open }))).toThrow(
      'network.subnets (one that is made with it), (one that is made with it): public',
    );
  });

  it('whose zones only CloudFormation knows is not refused for them', () => {
    const vpc = (stack: Stack) =>
      Vpc.fromVpcAttributes(stack, 'Yours', {
        vpcId: 'vpc-0123456789abcdef0',
        availabilityZones: [Fn.importValue('zone')],
        privateSubnetIds: ids('o', 1),
      });
    expect(() => network((stack) => ({ vpc: vpc(stack) }))).not.toThrow();
  });

  it('is refused in one zone, where EKS takes two', () => {
    expect(() => network((stack) => ({ vpc: yours(stack, { private: ids('o', 1) }, ['a']) }))).toThrow(
      /network\.subnets: all in us-east-1a, and EKS wants 2/,
    );
  });
});
