import { type Stub, StubError, type StubRequest, startStub } from './service.ts';

export interface StubInstance {
  id: string;
  type: string;
  zone: string;
  state: 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';
  launchedAt: string;
  tags: Record<string, string>;
  /** Of a service, such as EKS Auto Mode. */
  managed: boolean;
}

export interface StubEc2 {
  instances: StubInstance[];
  spot: SpotEntry[];
  /** Instance types that the region has. */
  offered?: string[];
  /** Instance types of each zone, by its name. */
  offeredIn?: Record<string, string[]>;
  zones?: StubZone[];
}

interface StubZone {
  name: string;
  id: string;
  type: 'availability-zone' | 'local-zone' | 'wavelength-zone';
  optIn: 'opt-in-not-required' | 'opted-in' | 'not-opted-in';
}

export interface SpotEntry {
  type: string;
  zone: string;
  price: string;
  at: string;
}

/** However many are asked for: a caller must follow the token. */
const PAGE = 2;

/**
 * EC2's query API as far as it is used here. It hides what a service manages from whoever does not ask for it,
 * applies filters as EC2 does (values are alternatives, filters are not), and pages.
 */
export function startEc2(has: StubEc2): Promise<Stub> {
  const operations: Record<string, (input: URLSearchParams) => string> = {
    DescribeInstances: (input) => describeInstances(has.instances, input),
    DescribeSpotPriceHistory: (input) => spotPriceHistory(has.spot, input),
    DescribeAvailabilityZones: (input) => availabilityZones(has.zones ?? [], input),
    DescribeInstanceTypeOfferings: (input) => offerings(has, input),
  };
  return startStub({
    signingName: 'ec2',
    answer: (request) => {
      const input = inputOf(request);
      const action = input.get('Action') ?? '';
      const run = operations[action];
      if (run === undefined) throw new StubError('InvalidAction', `The action ${action} is not valid`);
      const body = `<requestId>stub</requestId>${run(input)}`;
      return xml(`<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">${body}</${action}Response>`);
    },
    refuse: ({ code, message, status }) => ({
      ...xml(
        `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>stub</RequestID></Response>`,
      ),
      status,
    }),
  });
}

const xml = (body: string) => ({ headers: { 'content-type': 'text/xml;charset=UTF-8' }, body });

function inputOf({ method, headers, body }: StubRequest): URLSearchParams {
  if (method !== 'POST' || !headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    throw new StubError('InvalidRequest', `${method} ${headers['content-type']}`);
  }
  const input = new URLSearchParams(body);
  if (input.get('Version') !== '2016-11-15') throw new StubError('InvalidRequest', 'Version');
  return input;
}

const listIn = (input: URLSearchParams, prefix: string): string[] => {
  const values: string[] = [];
  for (let index = 1; input.has(`${prefix}.${index}`); index += 1)
    values.push(input.get(`${prefix}.${index}`) as string);
  return values;
};

function filtersIn(input: URLSearchParams): { name: string; values: string[] }[] {
  const filters: { name: string; values: string[] }[] = [];
  for (let index = 1; input.has(`Filter.${index}.Name`); index += 1) {
    filters.push({
      name: input.get(`Filter.${index}.Name`) as string,
      values: listIn(input, `Filter.${index}.Value`),
    });
  }
  return filters;
}

function passes(instance: StubInstance, { name, values }: { name: string; values: string[] }): boolean {
  if (name === 'instance-state-name') return values.includes(instance.state);
  if (name === 'tag-key') return values.some((key) => key in instance.tags);
  if (name.startsWith('tag:')) return values.includes(instance.tags[name.slice(4)] ?? '');
  throw new StubError('InvalidParameterValue', `The filter '${name}' is invalid`);
}

function describeInstances(instances: readonly StubInstance[], input: URLSearchParams): string {
  const filters = filtersIn(input);
  const found = instances.filter(
    (one) =>
      (!one.managed || input.get('IncludeManagedResources') === 'true') &&
      filters.every((filter) => passes(one, filter)),
  );
  const { page, next } = pageOf(found, input);
  // A reservation for each, as with instances that were launched one at a time.
  const reservations = page.map((one) => `<item><instancesSet><item>${instanceXml(one)}</item></instancesSet></item>`);
  return `<reservationSet>${reservations.join('')}</reservationSet>${next}`;
}

function pageOf<T>(all: readonly T[], input: URLSearchParams): { page: T[]; next: string } {
  const from = Number(input.get('NextToken') ?? 0);
  const next = from + PAGE < all.length ? `<nextToken>${from + PAGE}</nextToken>` : '';
  return { page: all.slice(from, from + PAGE), next };
}

const instanceXml = ({ id, type, zone, state, launchedAt, tags }: StubInstance): string => `
  <instanceId>${id}</instanceId><instanceType>${type}</instanceType><launchTime>${launchedAt}</launchTime>
  <instanceState><code>16</code><name>${state}</name></instanceState>
  <placement><availabilityZone>${zone}</availabilityZone><tenancy>default</tenancy></placement>
  <tagSet>${Object.entries(tags)
    .map(([key, value]) => `<item><key>${key}</key><value>${value}</value></item>`)
    .join('')}</tagSet>`;

/** Values that EC2 takes in one filter. */
const FILTER_VALUES = 200;

function offerings({ offered = [], offeredIn = {} }: StubEc2, input: URLSearchParams): string {
  const locationType = input.get('LocationType');
  if (locationType !== 'region' && locationType !== 'availability-zone') {
    throw new StubError('InvalidParameterValue', 'LocationType');
  }
  const all =
    locationType === 'region'
      ? offered.map((type) => ({ type, location: 'us-east-1' }))
      : Object.entries(offeredIn).flatMap(([location, types]) => types.map((type) => ({ type, location })));
  const [filter, ...more] = filtersIn(input);
  if (filter?.name !== 'instance-type' || more.length > 0) throw new StubError('InvalidParameterValue', 'Filter');
  if (filter.values.length > FILTER_VALUES)
    throw new StubError('FilterLimitExceeded', `${filter.values.length} values`);
  const { page, next } = pageOf(
    all.filter(({ type }) => filter.values.includes(type)),
    input,
  );
  const items = page.map(
    ({ type, location }) =>
      `<item><instanceType>${type}</instanceType><locationType>${locationType}</locationType><location>${location}</location></item>`,
  );
  return `<instanceTypeOfferingSet>${items.join('')}</instanceTypeOfferingSet>${next}`;
}

/** Without pages: a region has few. */
function availabilityZones(zones: readonly StubZone[], input: URLSearchParams): string {
  const passing = zones.filter((zone) =>
    filtersIn(input).every(({ name, values }) => {
      if (name === 'zone-type') return values.includes(zone.type);
      if (name === 'opt-in-status') return values.includes(zone.optIn);
      throw new StubError('InvalidParameterValue', `The filter '${name}' is invalid`);
    }),
  );
  const items = passing.map(
    ({ name, id, type, optIn }) =>
      `<item><zoneName>${name}</zoneName><zoneId>${id}</zoneId><zoneType>${type}</zoneType><optInStatus>${optIn}</optInStatus><zoneState>available</zoneState></item>`,
  );
  return `<availabilityZoneInfo>${items.join('')}</availabilityZoneInfo>`;
}

/** EC2 answers a window with what held at its beginning, too. */
function spotPriceHistory(spot: readonly SpotEntry[], input: URLSearchParams): string {
  const start = input.get('StartTime');
  if (start === null || Number.isNaN(Date.parse(start))) throw new StubError('InvalidParameterValue', 'StartTime');
  const types = listIn(input, 'InstanceType');
  const products = listIn(input, 'ProductDescription');
  if (!products.includes('Linux/UNIX')) throw new StubError('InvalidParameterValue', `ProductDescription ${products}`);
  const zone = input.get('AvailabilityZone');
  const found = spot.filter(
    (one) => types.includes(one.type) && (zone === null || one.zone === zone) && holdsAt(one, spot, Date.parse(start)),
  );
  const items = found.map(
    ({ type, zone: of, price, at }) =>
      `<item><instanceType>${type}</instanceType><productDescription>Linux/UNIX</productDescription><spotPrice>${price}</spotPrice><timestamp>${at}</timestamp><availabilityZone>${of}</availabilityZone></item>`,
  );
  return `<spotPriceHistorySet>${items.join('')}</spotPriceHistorySet><nextToken></nextToken>`;
}

const holdsAt = (one: SpotEntry, all: readonly SpotEntry[], atMs: number): boolean =>
  Date.parse(one.at) <= atMs &&
  !all.some(
    (other) =>
      other.type === one.type &&
      other.zone === one.zone &&
      Date.parse(other.at) <= atMs &&
      Date.parse(other.at) > Date.parse(one.at),
  );
