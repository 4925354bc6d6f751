import { expect, it } from 'vitest';
import { type CostLine, idleStack } from '#core/pricing/idle-stack.ts';
import { FUNCTIONS } from '#infra/functions.ts';
import type { StepBenchProps } from '#infra/props.ts';
import { resourcesOf, synthesize } from './support/synthesize.ts';

const HOURS = 730;
const countOf = (lines: readonly CostLine[], what: string) => lines.find((line) => line.what === what)?.count ?? 0;

/** What the stack is billed for by the month, as its template has it. */
function inTemplate(network: NonNullable<StepBenchProps['network']>) {
  const stack = synthesize({ network });
  const count = (type: string) => resourcesOf(stack, type).length;
  const interfaces = resourcesOf(stack, 'AWS::EC2::VPCEndpoint').filter(
    ({ Properties }) => Properties.VpcEndpointType === 'Interface',
  );
  return {
    'NAT gateway': count('AWS::EC2::NatGateway') * HOURS,
    'its public address': count('AWS::EC2::EIP'),
    'interface endpoints': interfaces.reduce((sum, one) => sum + one.Properties.SubnetIds.length, 0) * HOURS,
    dashboard: count('AWS::CloudWatch::Dashboard'),
    keys: count('AWS::KMS::Key'),
    alarms: count('AWS::CloudWatch::Alarm'),
  };
}

it.each([
  { network: {}, props: {} },
  {
    network: { natGateways: 3 as const, interfaceEndpoints: ['sts', 'eks'] },
    props: { natGateways: 3, interfaceEndpoints: 2 },
  },
  {
    network: { natGateways: 3 as const, availabilityZones: ['us-east-1b', 'us-east-1d'], interfaceEndpoints: ['sts'] },
    props: { natGateways: 3, interfaceEndpoints: 1, zones: 2 },
  },
])('what an idle stack is said to cost is counted as its template has it: $props', ({ network, props }) => {
  const billed = inTemplate(network);
  const lines = idleStack(props);
  expect(Object.fromEntries(Object.keys(billed).map((what) => [what, countOf(lines, what)]))).toEqual(billed);
});

it('the janitor’s calls are counted as often as it is called, with the memory that it has', () => {
  const rules = resourcesOf(synthesize({}), 'AWS::Events::Rule').map(({ Properties }) => Properties.ScheduleExpression);
  const [, minutes] = /^rate\((\d+) minutes\)$/.exec(rules.find((expression) => expression !== undefined) ?? '') ?? [];
  const sweeps = (HOURS * 60) / Number(minutes);
  const lines = idleStack();
  for (const what of ['janitor, requests', 'janitor, S3 LIST']) expect(countOf(lines, what), what).toBe(sweeps);
  expect(countOf(lines, 'janitor, GB-seconds')).toBeCloseTo((sweeps * FUNCTIONS.Janitor.memoryMb) / 1024, 6);
});
