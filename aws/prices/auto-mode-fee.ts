import type { PricingClient } from '@aws-sdk/client-pricing';
import { type ListedPrice, onlyPrice, termMatch } from './price-list.ts';

/**
 * What EKS adds for an Auto Mode node, whatever its capacity type. Usage types have the region's short code before
 * them (`APN1-EKS-Auto:...`), in some regions none: they are asked for by how they end.
 */
export const autoModeFee = (
  client: PricingClient,
  { instanceType, region }: { instanceType: string; region: string },
): Promise<ListedPrice> => {
  const usage = `EKS-Auto:${instanceType}-management-hours`;
  return onlyPrice(client, {
    what: `the Auto Mode fee of ${instanceType} in ${region}`,
    serviceCode: 'AmazonEKS',
    filters: [termMatch('regionCode', region), { Type: 'CONTAINS', Field: 'usagetype', Value: usage }],
    isIt: ({ usagetype = '' }) => usagetype === usage || usagetype.endsWith(`-${usage}`),
  });
};
