/** An Availability Zone as an account sees it: the name is the account's own, the id is the same for everybody. */
export interface Zone {
  /** As `us-east-1a`. */
  name: string;
  /** As `use1-az1`. */
  id: string;
}

/**
 * Zones in which EKS puts no control plane: it answers UnsupportedAvailabilityZoneException to a subnet there. The
 * first three are in the user guide of EKS ("Subnet requirements for clusters"), the last one in eksctl.
 */
const WITHOUT_EKS: readonly string[] = ['use1-az3', 'usw1-az2', 'cac1-az3', 'cnn1-az4'];

/** Capacity of a type of GPU is a zone's: one more is one more chance. */
const MOST = 3;
/** EKS wants subnets in two zones. */
export const LEAST_ZONES = 2;

/**
 * The zones for a new VPC, by name; fewer than LEAST_ZONES where a region has no more. Whether one is impaired now is
 * not asked: subnets stay for as long as the stack.
 */
export const chooseZones = (zones: readonly Zone[]): string[] =>
  zones
    .filter(({ id }) => !WITHOUT_EKS.includes(id))
    .map(({ name }) => name)
    .sort()
    .slice(0, MOST);
