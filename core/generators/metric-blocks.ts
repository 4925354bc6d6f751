import * as z from 'zod/mini';
import type { Distribution } from '../results/measurement.ts';
import { ErrorName, StepBenchError } from '../workflow/errors.ts';

/** `{unit, avg}` or the same with percentiles: the shape of every metric in both generators' summaries. */
export const scalarBlock = z.looseObject({ avg: z.number() });

export const distributionBlock = z.looseObject({
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

export const distribution = (block: z.infer<typeof distributionBlock>): Distribution => ({
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

export const distributionOrNull = (block: z.infer<typeof distributionBlock> | undefined): Distribution | null =>
  block === undefined ? null : distribution(block);

/** @throws StepBenchError ArtifactsInvalid, which names the file and every place that is not as it should be. */
export function parseSummary<T>(schema: z.ZodMiniType<T>, name: string, text: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new StepBenchError(ErrorName.ArtifactsInvalid, `${name} is not JSON.`, {
      cause,
      nextStep: 'It was probably cut short: look whether the disk is full, and run the cell again.',
    });
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
