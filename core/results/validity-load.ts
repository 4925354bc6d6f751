import { attainableOccupancy, occupancy } from './occupancy.ts';
import { BOUND, percent, type Rule } from './validity-rule.ts';

/** What the generator's own figures say about the load that it made. */
export const LOAD_RULES = {
  /** The generator's own word: what was in flight when it gave up is missing, and it was the slowest. */
  cancelled: ({ cancelled }) =>
    cancelled ? 'The load generator was stopped before its last request: the slowest requests are missing.' : undefined,

  /** ended = measured + failed >= asked. */
  incomplete: ({ requestCount, errorCount }, cell) =>
    requestCount + errorCount < cell.requestCount
      ? `Only ${requestCount + errorCount} of ${cell.requestCount} requests came to an end.`
      : undefined,

  /** failed / (measured + failed): failures are in neither latency nor throughput. */
  errors: ({ requestCount, errorCount, errors }) => {
    const rate = errorCount / (requestCount + errorCount);
    return rate > BOUND.maxErrorRate
      ? `${errorCount} of ${requestCount + errorCount} requests failed (${percent(rate)}; ${percent(BOUND.maxErrorRate)} is allowed): ${errors[0]?.message ?? 'no message'}.`
      : undefined;
  },

  /** requests >= concurrency, or that concurrency never was. */
  'below-concurrency': (_, { requestCount, concurrency, requestRate }) =>
    concurrency !== null && requestRate === null && requestCount < concurrency
      ? `${requestCount} requests cannot keep ${concurrency} in flight. Ask for ${5 * concurrency} or more.`
      : undefined,

  /**
   * |duration x throughput - requests| / requests: a generator takes the first from the wall clock and the second
   * from a clock that never jumps, or from other requests. Where they do not agree, neither can be believed.
   */
  times: ({ durationSeconds, requestThroughputPerS, requestCount, cancelled }) => {
    if (cancelled) return undefined;
    const counted = durationSeconds * requestThroughputPerS;
    return Math.abs(counted - requestCount) <= BOUND.maxTimeDeviation * requestCount
      ? undefined
      : `${requestCount} requests at ${requestThroughputPerS.toFixed(2)} a second do not take the ${durationSeconds.toFixed(1)} s between the first and the last: look whether the clock was set while it ran.`;
  },

  /**
   * How far the wall clock moved against the monotonic one between the load script's begin and end. What is timed by
   * the wall clock (all of genai-perf's figures, AIPerf's duration) is wrong by as much.
   */
  'clock-set': ({ clockStepSeconds }) =>
    typeof clockStepSeconds === 'number' && clockStepSeconds > BOUND.maxClockStepSeconds
      ? `The clock was set by ${clockStepSeconds.toFixed(2)} s while the cell was measured (${BOUND.maxClockStepSeconds} s is allowed): run the cell again when the machine's time is right.`
      : undefined,

  occupancy: (measurement, { concurrency, requestRate, requestCount }) => {
    if (concurrency === null || requestRate !== null) return undefined;
    const seen = occupancy(measurement, concurrency);
    if (seen >= BOUND.minOccupancy) return undefined;
    const best = attainableOccupancy(requestCount, concurrency);
    const cause =
      best < BOUND.minOccupancy
        ? `${requestCount} requests at ${concurrency} cannot give more than ${best.toFixed(2)}: ask for a multiple of ${concurrency}, ${5 * concurrency} or more`
        : 'the load was not held: ask for more requests, or look whether the client was the bottleneck';
    return `On average ${(seen * concurrency).toFixed(1)} of ${concurrency} requests were in flight (occupancy ${seen.toFixed(2)}, ${BOUND.minOccupancy} is needed); ${cause}.`;
  },

  /**
   * An open load: throughput / rate, by the same bound. Below it requests queue without end, and the latency
   * says how long the run was.
   */
  'rate-not-reached': ({ requestThroughputPerS }, { requestRate }) =>
    requestRate !== null && requestThroughputPerS / requestRate < BOUND.minOccupancy
      ? `${requestThroughputPerS.toFixed(2)} requests/s were served where ${requestRate} were sent: the queue grew as long as the run lasted.`
      : undefined,

  /**
   * An open load above what the engine serves makes each request wait longer than the one before, also where the run
   * is too short for `rate-not-reached`: then every latency says how long the run was. By the thirds of the requests in
   * the order in which they were sent: last - first > maxLatencyGrowth x first, and beyond three standard errors of
   * batch means, and still growing: last - middle >= (last - first) / 4, which a load that starts from empty is not.
   */
  'latency-grows': ({ latencyThirdsMs }, { requestRate }) => {
    if (requestRate === null || latencyThirdsMs === null || latencyThirdsMs === undefined) return undefined;
    const { first, middle, last } = latencyThirdsMs;
    const growth = last.avg - first.avg;
    const chance = 3 * Math.hypot(first.standardError, last.standardError);
    return growth > BOUND.maxLatencyGrowth * first.avg && growth > chance && last.avg - middle.avg >= growth / 4
      ? `Latency grew from ${first.avg.toFixed(0)} ms (first third of the requests) over ${middle.avg.toFixed(0)} to ${last.avg.toFixed(0)} ms (last third): ${requestRate} requests/s are more than the engine serves. Ask for a lower rate.`
      : undefined;
  },

  /**
   * wait / (wait + latency), means over the requests, where wait is from the generator's decision to send to the
   * start of its clock (AIPerf: credit_to_start_latency): time without load. A generator that does not report it is
   * judged by its machine's CPU. The TTFT has rules of its own.
   */
  'client-bound': ({ clientDelayMs, clientCpuShare, requestLatencyMs }) => {
    if (clientDelayMs === null) {
      return clientCpuShare !== null && clientCpuShare !== undefined && clientCpuShare > BOUND.maxClientCpu
        ? `${percent(clientCpuShare)} of the CPU beside the load generator was in use (${percent(BOUND.maxClientCpu)} is allowed): give it more CPU, or a machine of its own.`
        : undefined;
    }
    const { avg: wait } = clientDelayMs;
    const share = wait / (wait + requestLatencyMs.avg);
    return share <= BOUND.maxClientShare
      ? undefined
      : `Requests waited ${wait.toFixed(1)} ms inside the load generator before they were sent (${percent(share)} of their time; ${percent(BOUND.maxClientShare)} is allowed): give it more CPU.`;
  },

  /**
   * warm-up requests answered >= asked: the first requests of a cold engine are in the p99 otherwise. Of two
   * witnesses, the generator and the engine's count of requests ended, the lower is believed: genai-perf says
   * what was asked of it, not what was answered.
   */
  'not-warmed-up': ({ warmupRequestCount, requestCount, engineCounters }, cell) => {
    const ended = engineCounters?.['vllm:request_success_total'];
    const seen = Math.min(
      warmupRequestCount ?? 0,
      ended === undefined ? Number.POSITIVE_INFINITY : ended - requestCount,
    );
    return seen < cell.warmupRequestCount
      ? `Only ${Math.max(0, seen)} of ${cell.warmupRequestCount} warm-up requests were answered: look at the engine's log, or give the cell more time.`
      : undefined;
  },
} satisfies Record<string, Rule>;
