import type { LatencyThirds, Measurement } from '../results/measurement.ts';

/** When one measured request was sent and its last byte came, ms since the epoch. */
export interface RequestSpan {
  sentMs: number;
  endedMs: number;
}

const BATCHES = 5;

/** Two requests in each batch of each third. */
const LEAST_REQUESTS = 2 * BATCHES * 3;

/** What the single requests say of the load, which no summary does. */
export function loadShape(spans: readonly RequestSpan[]): Pick<Measurement, 'latencyThirdsMs' | 'heldThroughputPerS'> {
  const inOrder = spans.toSorted((a, b) => a.sentMs - b.sentMs);
  return { latencyThirdsMs: latencyThirds(inOrder), heldThroughputPerS: heldThroughput(inOrder) };
}

/** Null of too few requests. */
function latencyThirds(inOrder: readonly RequestSpan[]): LatencyThirds | null {
  if (inOrder.length < LEAST_REQUESTS) return null;
  const latencies = inOrder.map(({ sentMs, endedMs }) => endedMs - sentMs);
  const third = (n: number) => batchMeans(slice(latencies, n, 3));
  return { first: third(0), middle: third(1), last: third(2) };
}

/** The n-th of so many parts that are as alike as can be. */
const slice = (values: readonly number[], n: number, parts: number): number[] =>
  values.slice(Math.floor((values.length * n) / parts), Math.floor((values.length * (n + 1)) / parts));

/** Requests in a queue wait for one another, so single latencies are not independent; means of batches nearly are. */
function batchMeans(latencies: readonly number[]): { avg: number; standardError: number } {
  const means = Array.from({ length: BATCHES }, (_, n) => mean(slice(latencies, n, BATCHES)));
  const variance = means.reduce((sum, one) => sum + (one - mean(means)) ** 2, 0) / (BATCHES - 1);
  return { avg: mean(latencies), standardError: Math.sqrt(variance / BATCHES) };
}

/**
 * Requests per second from the first to the last that was sent: after that no request takes an ended one's place. A
 * request counts by the part of its time that lies in between, so that it makes no difference whether they end in step.
 */
function heldThroughput(inOrder: readonly RequestSpan[]): number | null {
  const [begin, end] = [inOrder[0]?.sentMs ?? 0, inOrder.at(-1)?.sentMs ?? 0];
  if (end <= begin || inOrder.some(({ sentMs, endedMs }) => !(endedMs > sentMs))) return null;
  const inside = inOrder.reduce(
    (sum, { sentMs, endedMs }) => sum + (Math.min(endedMs, end) - sentMs) / (endedMs - sentMs),
    0,
  );
  return inside / ((end - begin) / 1000);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
