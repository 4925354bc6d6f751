import type { Measurement } from './measurement.ts';

/**
 * Little's law: requests in flight = throughput x time in flight, so
 * occupancy = requestThroughputPerS x mean latency in s / concurrency is 1 while the load is held.
 *
 * A fixed count cannot give 1: at the end no request follows the last ones, and the lanes run dry one after
 * another. With k = requests / concurrency waves of equal requests it is k / ceil(k), so 12 requests at 10
 * are at most 0.6. Lanes that have drifted apart lose half a wave: k / (k + 0.5), 0.857 at 3 waves and 0.91
 * at 5. Hence whole multiples of the concurrency, five waves or more.
 */
export const occupancy = (
  measurement: Pick<Measurement, 'requestThroughputPerS' | 'requestLatencyMs'>,
  concurrency: number,
): number => (measurement.requestThroughputPerS * measurement.requestLatencyMs.avg) / 1000 / concurrency;

/** The most that this many requests can reach at this concurrency, all of one length. */
export const attainableOccupancy = (requestCount: number, concurrency: number): number => {
  const waves = requestCount / concurrency;
  return waves / Math.ceil(waves);
};
