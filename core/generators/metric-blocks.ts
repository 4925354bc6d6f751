import * as z from 'zod/mini';
import type { Distribution } from '../results/measurement.ts';
import { ErrorName, StepBenchError } from '../workflow/errors.ts';

/** `{unit, avg}` or the same with percentiles: the shape of every metric in both generators' summaries. */
export const scalarBlock = z.looseObject({ avg: z.number() });

/** In this unit alone: seconds that are taken for milliseconds are no cell's latency. Virtual and old files may leave it out. */
export const scalarIn = (...units: [string, ...string[]]) =>
  z.looseObject({ unit: z.optional(z.enum(units)), avg: z.number() });

export const distributionIn = (...units: [string, ...string[]]) =>
  z.looseObject({
    unit: z.optional(z.enum(units)),
    avg: z.number(),
    min: z.number(),
    max: z.number(),
    std: z.optional(z.nullable(z.number())),
    p50: z.number(),
    p75: z.number(),
    p90: z.number(),
    p95: z.number(),
    p99: z.number(),
    /** How many requests it is over (AIPerf). */
    count: z.optional(z.nullable(z.number())),
  });

type DistributionBlock = z.infer<ReturnType<typeof distributionIn>>;

export const distribution = (block: DistributionBlock): Distribution => ({
  avg: block.avg,
  min: block.min,
  max: block.max,
  std: block.std ?? null,
  p50: block.p50,
  p75: block.p75,
  p90: block.p90,
  p95: block.p95,
  p99: block.p99,
});

export const distributionOrNull = (block: DistributionBlock | undefined): Distribution | null =>
  block === undefined ? null : distribution(block);

/** @throws StepBenchError ArtifactsInvalid, which names the file and every place that is not as it should be. */
export function parseSummary<T>(schema: z.ZodMiniType<T>, name: string, text: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    // Python writes these words for a division by nothing, and JSON has none.
    const word = /[:[,]\s*(NaN|-?Infinity)\b/.exec(text)?.[1];
    throw new StepBenchError(
      ErrorName.ArtifactsInvalid,
      word === undefined ? `${name} is not JSON.` : `${name} has ${word} in the place of a number.`,
      {
        cause,
        nextStep:
          word === undefined
            ? 'It was probably cut short: look whether the disk is full, and run the cell again.'
            : 'The generator had too few answers for that figure: ask for more requests, and look whether they had any text.',
      },
    );
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the top'}: ${issue.message}`);
  throw new StepBenchError(
    ErrorName.ArtifactsInvalid,
    `${name} is not what this version of the generator writes (${places.slice(0, 5).join('; ')}).`,
    { nextStep: 'Use the pinned version of the generator.' },
  );
}
