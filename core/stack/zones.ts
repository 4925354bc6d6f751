/** An Availability Zone as an account sees it: the name is the account's own, the id is the same for everybody. */
export interface Zone {
  /** As `us-east-1a`. */
  name: string;
  /** As `use1-az1`. */
  id: string;
}

/**
 * Zones in which EKS puts no control plane, by region: it answers UnsupportedAvailabilityZoneException to a subnet
 * there. The first three are in the user guide of EKS ("Subnet requirements for clusters"), the last one in eksctl.
 */
const WITHOUT_EKS: Readonly<Record<string, string>> = {
  'us-east-1': 'use1-az3',
  'us-west-1': 'usw1-az2',
  'ca-central-1': 'cac1-az3',
  'cn-north-1': 'cnn1-az4',
};

/**
 * Where a zone that EKS refuses may be behind any letter: which it is, only the account says, so that three zones can
 * not be taken unseen.
 */
export const REGIONS_TO_NAME_ZONES_IN: readonly string[] = Object.keys(WITHOUT_EKS);

/** Capacity of a type of GPU is a zone's: one more is one more chance. */
const MOST = 3;
/** EKS wants subnets in two zones. */
export const LEAST_ZONES = 2;

/** Which instance types a zone has, by the name of the zone; one that is not there has none of those asked about. */
export type Offered = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The zones for a new VPC, by name; fewer than LEAST_ZONES where a region has no more. A type of GPU is mostly in some
 * of a region's zones only: each zone that is taken has the most types that those before it lack, then the most types
 * at all. Whether one is impaired now is not asked: subnets stay for as long as the stack.
 */
export function chooseZones(zones: readonly Zone[], offered: Offered): string[] {
  const left = zones
    .filter(({ id }) => !Object.values(WITHOUT_EKS).includes(id))
    .map(({ name }) => ({ name, types: offered.get(name) ?? new Set<string>() }));
  const taken: typeof left = [];
  const had = new Set<string>();
  while (taken.length < MOST && left.length > 0) {
    const lacking = (types: ReadonlySet<string>) => [...types].filter((type) => !had.has(type)).length;
    left.sort(
      (a, b) => lacking(b.types) - lacking(a.types) || b.types.size - a.types.size || (a.name < b.name ? -1 : 1),
    );
    const [best] = left.splice(0, 1);
    if (best === undefined) break;
    taken.push(best);
    for (const type of best.types) had.add(type);
  }
  return taken.map(({ name }) => name).sort();
}
