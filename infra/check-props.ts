import { isIPv4 } from 'node:net';
import { Token } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { readMatrix } from '#core/matrix/read.ts';
import { placeholders, SCHEDULE_NAME } from '#core/stack/schedule.ts';
import { LEAST_ZONES } from '#core/stack/zones.ts';
import type { BenchmarkScheduleProps } from './benchmark-schedule.ts';
import { imageProblems } from './images.ts';
import type { NetworkProps, StepBenchProps } from './props.ts';

/** The whole of it: what a policy names ends in six characters of Secrets Manager's own. */
const SECRET_ARN = /^arn:aws[\w-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/;
/** EKS's rule for names. */
const CLUSTER_NAME = /^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/;
const ROLE_ARN = /^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const PRIVATE = [
  { address: [10], bits: 8 },
  { address: [172, 16], bits: 12 },
  { address: [192, 168], bits: 16 },
];
/** Three zones of pods need a /20 at least: 1,000 addresses each. */
const WIDEST = 16;
const NARROWEST = 20;

/** Everything that is wrong with the props, each with what to write instead: none is found by a failing deployment. */
export function problemsOf(props: StepBenchProps): string[] {
  const problems: string[] = [];
  const check = (holds: boolean, problem: string): void => void (holds || problems.push(problem));
  const { clusterName, logRetentionDays, emails = [], monthlyBudgetUsd, results = {}, cluster = {} } = props;
  check(
    clusterName === undefined || isToken(clusterName) || CLUSTER_NAME.test(clusterName),
    `clusterName ${shown(clusterName)}: up to 100 letters, digits, - and _, of which the first is a letter or digit.`,
  );
  check(
    logRetentionDays === undefined || RetentionDays[logRetentionDays] !== undefined,
    `logRetentionDays ${logRetentionDays}: CloudWatch knows ${retentions().join(', ')}.`,
  );
  for (const email of emails) check(EMAIL.test(email), `emails ${shown(email)}: not an address.`);
  for (const email of twice(emails)) check(false, `emails ${shown(email)}: once is enough.`);
  check(
    monthlyBudgetUsd === undefined || monthlyBudgetUsd > 0,
    `monthlyBudgetUsd ${monthlyBudgetUsd}: more than 0 dollars; leave it out for no budget.`,
  );
  const days = { artifactTieringDays: results.artifactTieringDays, oldVersionDays: results.oldVersionDays };
  for (const [name, value] of Object.entries(days)) {
    check(
      value === undefined || (Number.isInteger(value) && value >= 1),
      `results.${name} ${value}: whole days, 1 at least.`,
    );
  }
  const limit = results.scannedMegabytesLimit;
  check(
    limit === undefined || (Number.isInteger(limit) && limit >= 10),
    `results.scannedMegabytesLimit ${limit}: 10 at least, Athena's least.`,
  );
  for (const role of cluster.operators ?? []) {
    check(
      isToken(role) || ROLE_ARN.test(role),
      `cluster.operators ${shown(role)}: the ARN of an IAM role, with its path (arn:aws:iam::...:role/...), none of a session.`,
    );
  }
  for (const name of cluster.foreignClusters ?? []) {
    check(CLUSTER_NAME.test(name), `cluster.foreignClusters ${shown(name)}: a name, without patterns.`);
  }
  for (const cidr of cluster.publicAccessCidrs ?? []) {
    const range = parseCidr(cidr);
    check(range !== undefined, `cluster.publicAccessCidrs ${shown(cidr)}: not an IPv4 range such as 203.0.113.0/24.`);
    check(range?.bits !== 0, `cluster.publicAccessCidrs ${shown(cidr)}: that is everybody; name who it is.`);
  }
  for (const name of ['huggingFaceSecret', 'endpointHeadersSecret'] as const) {
    const secret = cluster[name];
    if (typeof secret !== 'string') continue;
    check(
      isToken(secret) || SECRET_ARN.test(secret),
      // Not shown: it may be the secret itself.
      `cluster.${name}: the whole ARN of a secret, with the six characters at its end; never its text.`,
    );
  }
  problems.push(
    ...networkProblems(props.network ?? {}),
    ...imageProblems(props.images ?? {}),
    ...scheduleProblems(props.schedules ?? []),
  );
  return problems;
}

function networkProblems(network: NetworkProps): string[] {
  const problems: string[] = [];
  const { vpc, subnets, cidr, natGateways, availabilityZones, interfaceEndpoints = [] } = network;
  if (vpc !== undefined) {
    const ours = { cidr, natGateways, availabilityZones };
    for (const [name, value] of Object.entries(ours)) {
      if (value !== undefined) problems.push(`network.${name}: a VPC of your own has it already; leave it out.`);
    }
  } else if (subnets !== undefined) problems.push('network.subnets: of a VPC of your own; give network.vpc too.');
  const range = cidr === undefined ? undefined : parseCidr(cidr);
  if (cidr !== undefined && !(range && isPrivate(range) && range.bits >= WIDEST && range.bits <= NARROWEST)) {
    problems.push(
      `network.cidr ${shown(cidr)}: an RFC 1918 range from /${WIDEST} to /${NARROWEST}, such as 10.42.0.0/16.`,
    );
  }
  if (natGateways !== undefined && natGateways !== 1 && natGateways !== 3) {
    problems.push(`network.natGateways ${natGateways}: 1, or 3 for one in each zone.`);
  }
  const zones = new Set(availabilityZones);
  if (availabilityZones !== undefined && (zones.size < LEAST_ZONES || zones.size !== availabilityZones.length)) {
    problems.push(`network.availabilityZones ${shown(availabilityZones)}: two different zones or more.`);
  }
  for (const name of interfaceEndpoints) {
    if (!/^[a-z0-9][a-z0-9.-]*$/.test(name))
      problems.push(`network.interfaceEndpoints ${shown(name)}: a service's short name, such as sts.`);
  }
  for (const name of twice(interfaceEndpoints))
    problems.push(`network.interfaceEndpoints ${shown(name)}: there is one in each VPC.`);
  return problems;
}

function scheduleProblems(schedules: readonly BenchmarkScheduleProps[]): string[] {
  const problems: string[] = [];
  const names = new Set<string>();
  for (const { name, expression, timeZone, matrix, retryAttempts, retryForMinutes } of schedules) {
    const at = `schedules ${shown(name)}`;
    if (!SCHEDULE_NAME.test(name)) problems.push(`${at}: up to 18 of a-z, 0-9 and -: run ids begin with it.`);
    if (names.has(name)) problems.push(`${at}: there are two of that name.`);
    names.add(name);
    if (!/^(cron|rate|at)\(.+\)$/.test(expression)) {
      problems.push(
        `${at}.expression ${shown(expression)}: cron(...), rate(...) or at(...), such as cron(30 2 * * ? *).`,
      );
    }
    if (timeZone !== undefined && !isTimeZone(timeZone)) {
      problems.push(`${at}.timeZone ${shown(timeZone)}: an IANA name, such as Europe/Zurich.`);
    }
    if (
      retryAttempts !== undefined &&
      !(Number.isInteger(retryAttempts) && retryAttempts >= 0 && retryAttempts <= 185)
    ) {
      problems.push(`${at}.retryAttempts ${retryAttempts}: 0 to 185.`);
    }
    if (retryForMinutes !== undefined && !(retryForMinutes >= 1 && retryForMinutes <= 1440)) {
      problems.push(`${at}.retryForMinutes ${retryForMinutes}: 1 to 1440.`);
    }
    for (const { path, text } of placeholders(matrix)) {
      problems.push(`${at}.matrix ${path} ${shown(text)}: EventBridge Scheduler would fill that in; write it without.`);
    }
    const read = readMatrix(matrix);
    if (!read.ok) problems.push(...read.problems.map(({ path, message }) => `${at}.matrix ${path}: ${message}`));
  }
  return problems;
}

/** Those that come a second time, once each. */
const twice = (all: readonly string[]): Set<string> => new Set(all.filter((one, index) => all.indexOf(one) !== index));

const isToken = (value: string): boolean => Token.isUnresolved(value);
const shown = (value: unknown): string => JSON.stringify(value);
const retentions = (): number[] =>
  Object.values(RetentionDays).filter((one): one is RetentionDays => typeof one === 'number' && one < 9999);

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

interface Range {
  octets: number[];
  bits: number;
}

function parseCidr(text: string): Range | undefined {
  const [address = '', bits = '', ...more] = text.split('/');
  if (more.length > 0 || !isIPv4(address) || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) return undefined;
  return { octets: address.split('.').map(Number), bits: Number(bits) };
}

/** Within one of the three ranges of RFC 1918. */
const isPrivate = ({ octets, bits }: Range): boolean =>
  PRIVATE.some(({ address, bits: needed }) => {
    if (bits < needed) return false;
    const [first = 0, second = 0] = octets;
    if (address[0] !== first) return false;
    if (needed === 8) return true;
    return needed === 16 ? second === address[1] : second >= 16 && second < 32;
  });
