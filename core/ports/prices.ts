export type CapacityType = 'on-demand' | 'spot' | 'reserved';

/** A price with its provenance; every dollar figure is computed from one of these. */
export interface PriceQuote {
  instanceType: string;
  region: string;
  capacityType: CapacityType;
  priceUsdPerHour: number;
  /** EKS Auto Mode's management fee. */
  feeUsdPerHour: number;
  /** Where the price was read, for people. */
  source: string;
  /** ISO date from which the price holds, or on which it was read. */
  effectiveAt: string;
}

export interface Prices {
  /** @throws UnknownPriceError when not exactly one price answers. */
  quote(request: {
    instanceType: string;
    region: string;
    capacityType: CapacityType;
    zone?: string;
  }): Promise<PriceQuote>;
}

export interface Quotas {
  /** vCPUs the account may run at once of the instance type's quota class; undefined where nothing limits it. */
  vcpuLimit(request: { instanceType: string; region: string; capacityType: CapacityType }): Promise<number | undefined>;
}
