import { EC2Client } from '@aws-sdk/client-ec2';
import { PricingClient } from '@aws-sdk/client-pricing';
import type { Prices } from '#core/ports/prices.ts';
import { awsPrices } from '../prices/aws-prices.ts';
import { CLIENT_CONFIG } from './client-config.ts';
import { lazily } from './lazily.ts';

export const prices: Prices = lazily(() =>
  awsPrices({
    pricing: new PricingClient({ ...CLIENT_CONFIG, region: 'us-east-1' }),
    ec2: new EC2Client(CLIENT_CONFIG),
  }),
);
