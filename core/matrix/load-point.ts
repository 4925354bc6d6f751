import type { MatrixDocument } from './schema.ts';

interface LoadCounts {
  requestCount: number;
  warmupRequestCount: number;
}

/** How many requests a load point sends: by its concurrency, or for as long as an open load lasts. */
export function loadCounts(
  point: { concurrency: number | null; requestRate: number | null },
  load: MatrixDocument['load'],
): LoadCounts {
  const inFlight = point.concurrency ?? Math.ceil(point.requestRate ?? 1);
  const measured =
    point.concurrency === null
      ? Math.ceil((point.requestRate ?? 1) * load.openLoadSeconds)
      : point.concurrency * load.requestsPerConcurrency;
  return {
    requestCount: load.requestCount ?? measured,
    warmupRequestCount: load.warmupRequestCount ?? inFlight * load.warmupRequestsPerConcurrency,
  };
}
