import type { PricingClient } from '@aws-sdk/client-pricing';
import { type ListedPrice, onlyPrice, termMatch } from './price-list.ts';

/** Linux, shared tenancy, no licence, in use: what an Auto Mode node is billed as. Exactly one SKU answers to it. */
export const onDemandPrice = (
  client: PricingClient,
  { instanceType, region }: { instanceType: string; region: string },
): Promise<ListedPrice> =>
  onlyPrice(client, {
    what: `${instanceType} in ${region}`,
    serviceCode: 'AmazonEC2',
    filters: [
      termMatch('instanceType', instanceType),
      termMatch('regionCode', region),
      termMatch('operatingSystem', 'Linux'),
      termMatch('preInstalledSw', 'NA'),
      termMatch('tenancy', 'Shared'),
      termMatch('capacitystatus', 'Used'),
      termMatch('licenseModel', 'No License required'),
      termMatch('marketoption', 'OnDemand'),
    ],
  });
