import { DescribeSpotPriceHistoryCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { Clock } from '#core/ports/clock.ts';
import { ErrorName, UnknownPriceError } from '#core/workflow/errors.ts';
import { calling } from '../errors/aws-error.ts';

interface SpotPrice {
  usdPerHour: number;
  zone: string;
  /** ISO time since which it holds. */
  effectiveAt: string;
}

/**
 * The spot price now, of the zone, or of the dearest zone where none is named yet: a budget must hold wherever the
 * node lands. A history that starts now begins with the price that holds now, one per zone.
 * @throws UnknownPriceError where the region has none. StepBenchError Retryable.
 */
export async function spotPrice(
  client: EC2Client,
  clock: Clock,
  { instanceType, zone }: { instanceType: string; zone?: string },
): Promise<SpotPrice> {
  const now = new Date(clock.nowMs());
  const { SpotPriceHistory: history = [] } = await calling(
    { api: 'ec2:DescribeSpotPriceHistory', terminal: ErrorName.UnknownPrice },
    () =>
      client.send(
        new DescribeSpotPriceHistoryCommand({
          InstanceTypes: [instanceType as never],
          ProductDescriptions: ['Linux/UNIX'],
          StartTime: now,
          EndTime: now,
          ...(zone === undefined ? {} : { AvailabilityZone: zone }),
        }),
      ),
  );
  const prices = history
    .map(({ SpotPrice, AvailabilityZone = '', Timestamp }) => ({
      usdPerHour: Number(SpotPrice),
      zone: AvailabilityZone,
      effectiveAt: Timestamp?.toISOString() ?? now.toISOString(),
    }))
    .filter(({ usdPerHour }) => usdPerHour > 0);
  // Newest first within a zone, whatever order they came in.
  prices.sort((a, b) => (a.effectiveAt < b.effectiveAt ? 1 : -1));
  const current = prices.filter((one, index) => prices.findIndex((other) => other.zone === one.zone) === index);
  const dearest = current.reduce<SpotPrice | undefined>(
    (most, one) => (most === undefined || one.usdPerHour > most.usdPerHour ? one : most),
    undefined,
  );
  if (dearest !== undefined) return dearest;
  throw new UnknownPriceError(`EC2 has no spot price for ${instanceType} in ${zone ?? 'any zone of the region'}.`, {
    nextStep: 'Leave spot out of the capacity types, or the instance type out of the matrix.',
  });
}
