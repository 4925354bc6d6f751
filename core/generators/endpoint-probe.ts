import * as z from 'zod/mini';
import { type Answer, explainAnswer, PROBE_ARTIFACT } from '../engines/endpoint-answer.ts';
import type { Cell, EndpointTarget } from '../plan/types.ts';
import { ErrorName, StepBenchError } from '../workflow/errors.ts';
import { type ArtifactFiles, readText } from './artifacts.ts';

const answer = z.union([
  z.looseObject({ status: z.number(), contentType: z.string(), location: z.string(), body: z.string() }),
  z.looseObject({
    network: z.enum(['refused', 'no-such-host', 'timeout', 'certificate', 'tls', 'closed', 'unreachable']),
    message: z.string(),
  }),
]) satisfies z.ZodMiniType<Answer>;

const probe = z.looseObject({ completion: answer, models: answer });

/**
 * What the load script found when it asked the endpoint before the load: nothing, when the load was started.
 * @throws StepBenchError EngineFailed with the reason, and what to do.
 */
export async function assertAnswered(
  files: ArtifactFiles,
  { url, headersFrom }: EndpointTarget,
  model: string,
  { endpoint }: Pick<Cell, 'endpoint'>,
): Promise<void> {
  const text = await readText(files, PROBE_ARTIFACT);
  if (text === undefined) return;
  const parsed = probe.safeParse(parseJson(text));
  const refusal = parsed.success
    ? explainAnswer({ url, model, endpoint, headersFrom }, parsed.data.completion, parsed.data.models)
    : undefined;
  const { reason, nextStep } = refusal ?? {
    reason: `${url} did not answer as an OpenAI-compatible server does`,
    nextStep: `${PROBE_ARTIFACT} among the artifacts has its answer.`,
  };
  throw new StepBenchError(ErrorName.EngineFailed, `Nothing was measured: ${reason}.`, { nextStep });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
