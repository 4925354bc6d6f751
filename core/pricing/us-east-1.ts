/**
 * On-demand prices of us-east-1 in $ per hour: Linux, shared tenancy, no licence included.
 *
 * A fallback for offline use; in AWS the price comes from the Price List API on the day of the run. Changing a
 * number means changing `effectiveAt` too: rows of results carry both.
 */
export const US_EAST_1_ON_DEMAND = {
  version: 1,
  region: 'us-east-1',
  effectiveAt: '2026-07-20',
  source: 'AWS Price List (us-east-1, Linux, on demand) of 2026-07-20, checked in',
  usdPerHour: {
    'g5.xlarge': 1.006,
    'g5.2xlarge': 1.212,
    'g5.4xlarge': 1.624,
    'g5.8xlarge': 2.448,
    'g5.12xlarge': 5.672,
    'g5.16xlarge': 4.096,
    'g5.24xlarge': 8.144,
    'g5.48xlarge': 16.288,
    'g6.xlarge': 0.8048,
    'g6.2xlarge': 0.9776,
    'g6.4xlarge': 1.3232,
    'g6.8xlarge': 2.0144,
    'g6.12xlarge': 4.6016,
    'g6.16xlarge': 3.3968,
    'g6.24xlarge': 6.6752,
    'g6.48xlarge': 13.3504,
    'g6e.xlarge': 1.861,
    'g6e.2xlarge': 2.24208,
    'g6e.4xlarge': 3.00424,
    'g6e.8xlarge': 4.52856,
    'g6e.12xlarge': 10.49264,
    'g6e.16xlarge': 7.57719,
    'g6e.24xlarge': 15.06559,
    'g6e.48xlarge': 30.13118,
    'p4d.24xlarge': 21.957642,
    'p5.4xlarge': 6.88,
    'p5.48xlarge': 55.04,
    'p5en.48xlarge': 63.296,
    'c7i.large': 0.08925,
    'c7i.xlarge': 0.1785,
    'c7i.2xlarge': 0.357,
    'c7i.4xlarge': 0.714,
    'c7i.8xlarge': 1.428,
    'c7i.12xlarge': 2.142,
    'c7i.16xlarge': 2.856,
    'c7i.24xlarge': 4.284,
    'c7i.48xlarge': 8.568,
  },
} as const;

type PricedInstanceType = keyof (typeof US_EAST_1_ON_DEMAND)['usdPerHour'];

export const listPriceUsdPerHour = (instanceType: string): number | undefined =>
  Object.hasOwn(US_EAST_1_ON_DEMAND.usdPerHour, instanceType)
    ? US_EAST_1_ON_DEMAND.usdPerHour[instanceType as PricedInstanceType]
    : undefined;
