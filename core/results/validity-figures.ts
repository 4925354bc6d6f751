import type { Distribution } from './measurement.ts';
import { occupancy } from './occupancy.ts';
import { BOUND, percent, type Rule } from './validity-rule.ts';

/** Whether the figures can be at all, and are of the lengths that were asked for. */
export const FIGURE_RULES = {
  /**
   * |mean - asked| / asked, less three standard errors of the mean where lengths were spread on purpose. Where they
   * were pinned, each answer has to have the length: std <= maxLengthSpread x asked (a token at least), and nothing
   * is further off than maxLengthRange x asked (8 tokens at least). Tokens per second of a model that ended early are
   * another workload's, and a mean may hide that some ended at once and others went on.
   */
  'output-length': ({ oslTokens, requestCount, errorCount }, cell, { pinsOutputLength }) => {
    if (oslTokens === null) return undefined;
    const { avg, min, max, std } = oslTokens;
    const look = 'look whether the engine takes ignore_eos and min_tokens';
    const deviation = Math.abs(avg - cell.osl) / cell.osl;
    const sampling = (3 * cell.oslStddev) / Math.sqrt(requestCount) / cell.osl;
    if (deviation > BOUND.maxLengthDeviation + sampling) {
      return `Responses had ${avg.toFixed(1)} tokens on average where ${cell.osl} were asked for (${min} to ${max}): ${look}.`;
    }
    if (cell.oslStddev > 0 || !pinsOutputLength) return undefined;
    const range = Math.max(BOUND.maxLengthRange * cell.osl, LEAST_RANGE_TOKENS);
    const spread = (std ?? 0) > Math.max(BOUND.maxLengthSpread * cell.osl, 1);
    // Of streams that were broken off, which have a rule of their own, genai-perf has the lengths too.
    const short = errorCount === 0 && cell.osl - min > range;
    return spread || short || max - cell.osl > range
      ? `Responses had from ${min} to ${max} tokens (standard deviation ${(std ?? 0).toFixed(1)}) where each was to have ${cell.osl}: ${look}.`
      : undefined;
  },

  /**
   * The same of prompts, of which the server's count is of its own tokenizer: mean below
   * asked x (1 - maxInputDeviation), or above asked x (1 + maxInputDeviation) + what a chat template may add; less
   * three standard errors. A prompt of another length is another workload's.
   */
  'input-length': ({ islTokens, requestCount }, cell) => {
    if (islTokens === null || cell.dataset !== 'synthetic') return undefined;
    const { avg } = islTokens;
    const allowed = Math.max(BOUND.maxInputDeviation * cell.isl, LEAST_RANGE_TOKENS);
    const sampling = (3 * cell.islStddev) / Math.sqrt(requestCount);
    const template = cell.endpoint === 'chat' ? BOUND.maxTemplateTokens : 0;
    return cell.isl - avg > allowed + sampling || avg - cell.isl > allowed + sampling + template
      ? `Prompts had ${avg.toFixed(1)} tokens on average where ${cell.isl} were asked for (${percent(BOUND.maxInputDeviation)} is allowed): look whether the server cuts prompts, and name the model's own tokenizer.`
      : undefined;
  },

  /** What no measurement can give: then no figure of the cell can be believed. */
  impossible: (measurement, cell, asked) => {
    const found = IMPOSSIBLE.map((rule) => rule(measurement, cell, asked)).filter((one) => one !== undefined);
    return found.length === 0
      ? undefined
      : `No load can give these figures: ${found.join('; ')}. Look whether the clock was set, and whether the files are of one run.`;
  },
} satisfies Record<string, Rule>;

/** Below it, a few tokens are a large share: a template's first token, a word that is counted anew. */
const LEAST_RANGE_TOKENS = 8;

const IMPOSSIBLE: readonly Rule[] = [
  ({ requestLatencyMs, ttftMs, itlMs }) => {
    const wrong = Object.entries({
      latency: requestLatencyMs,
      'time to first token': ttftMs,
      'time between tokens': itlMs,
    })
      .filter(([, one]) => one !== null && !isDistribution(one))
      .map(([name]) => name);
    return wrong.length === 0
      ? undefined
      : `the ${wrong.join(' and the ')} is negative, or its quantiles are out of order`;
  },
  ({ requestLatencyMs, ttftMs }) =>
    ttftMs !== null &&
    (['avg', 'min', 'p50', 'max'] as const).some((one) => exceeds(ttftMs[one], requestLatencyMs[one]))
      ? 'the first token came after the last'
      : undefined,
  (measurement, { concurrency, requestRate }) => {
    if (concurrency === null || requestRate !== null || measurement.cancelled) return undefined;
    const seen = occupancy(measurement, concurrency);
    return seen > BOUND.maxOccupancy
      ? `${(seen * concurrency).toFixed(1)} of ${concurrency} requests were in flight`
      : undefined;
  },
  ({ outputTokensPerS, oslTokens, requestThroughputPerS }) => {
    if (oslTokens === null) return undefined;
    const expected = oslTokens.avg * requestThroughputPerS;
    return Math.abs(outputTokensPerS - expected) > BOUND.maxFigureDeviation * expected
      ? `${outputTokensPerS.toFixed(1)} tokens/s are not ${oslTokens.avg.toFixed(1)} tokens x ${requestThroughputPerS.toFixed(2)} requests/s`
      : undefined;
  },
  // Of N requests that are sent at random the time taken has a standard error of 1 / sqrt(N).
  ({ requestThroughputPerS, requestCount }, { requestRate }) =>
    requestRate !== null && requestThroughputPerS / requestRate > BOUND.maxOccupancy + 3 / Math.sqrt(requestCount)
      ? `${requestThroughputPerS.toFixed(2)} requests/s were answered of ${requestRate} that were sent`
      : undefined,
];

/** Beyond what floating-point arithmetic leaves. */
const exceeds = (a: number, b: number): boolean => a > b + 1e-6 * Math.abs(b);

function isDistribution({ min, p50, p75, p90, p95, p99, max, avg }: Distribution): boolean {
  const ordered = [min, p50, p75, p90, p95, p99, max];
  // The first is held against 0.
  return !exceeds(min, avg) && !exceeds(avg, max) && ordered.every((one, at) => !exceeds(ordered[at - 1] ?? 0, one));
}
