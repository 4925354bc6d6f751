import { Token } from 'aws-cdk-lib';
import type { ISubnet, IVpc } from 'aws-cdk-lib/aws-ec2';
import { LEAST_ZONES } from '#core/stack/zones.ts';

const NEEDED =
  'Functions ask AWS’s price list, quotas and EKS, and nodes pull images and models: endpoints do not reach all of that, and without a way out every call would hang to its time limit';

/**
 * What is wrong with the subnets of a VPC that somebody else made, where functions and clusters are to be: told by
 * synth, since a stack without a way out is deployed without a word and fails in its first run.
 * @param subnets undefined: the VPC has none of the kind that is taken where none are named.
 */
export function wayOutProblems(vpc: IVpc, subnets: readonly ISubnet[] | undefined): string[] {
  if (subnets === undefined) {
    const has = { isolated: vpc.isolatedSubnets.length, public: vpc.publicSubnets.length };
    const those = Object.entries(has).flatMap(([kind, count]) => (count === 0 ? [] : [`${count} ${kind}`]));
    return [
      `network.vpc: it has no private subnets with a way out (${those.join(', ') || 'none at all'}). ${NEEDED}. Give it a NAT gateway and private subnets, or leave network.vpc out for a VPC of the stack’s own.`,
    ];
  }
  const among = (others: readonly ISubnet[]) =>
    subnets.filter((one) => others.some((other) => other === one)).map((one) => one.subnetId);
  const isolated = among(vpc.isolatedSubnets);
  const open = among(vpc.publicSubnets);
  const zones = new Set(subnets.map(({ availabilityZone }) => availabilityZone));
  const fewZones = zones.size < LEAST_ZONES && [...zones].every((zone) => !Token.isUnresolved(zone));
  return [
    ...(isolated.length === 0
      ? []
      : [
          `network.subnets ${shown(isolated)}: isolated. ${NEEDED}. Name subnets with a route to a NAT or transit gateway; where these have one, import them as private (privateSubnetIds).`,
        ]),
    ...(open.length === 0
      ? []
      : [
          `network.subnets ${shown(open)}: public. A function has no public address there, and so no way out. Name private subnets.`,
        ]),
    ...(fewZones
      ? [
          `network.subnets: all in ${[...zones].join() || 'no zone'}, and EKS wants ${LEAST_ZONES}. Name subnets in two zones or more.`,
        ]
      : []),
  ];
}

/** An id that CloudFormation gives is not known yet. */
const shown = (ids: readonly string[]): string =>
  ids.map((id) => (Token.isUnresolved(id) ? '(one that is made with it)' : id)).join(', ');
