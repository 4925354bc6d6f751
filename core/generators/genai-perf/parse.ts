import type { Measurement } from '../../results/measurement.ts';
import { ErrorName, StepBenchError } from '../../workflow/errors.ts';
import { type ArtifactFiles, readText } from '../artifacts.ts';
import { readEnding, withoutResult } from '../failure.ts';
import { distribution, distributionOrNull, parseSummary } from '../metric-blocks.ts';
import { readObservations } from '../observations.ts';
import { loadShape } from '../request-spans.ts';
import { requestWindow } from '../request-window.ts';
import { type RequestTimes, requestTimes } from './request-times.ts';
import { genaiPerfSummary, gpuOf, streamed, warmupAsked } from './summary.ts';
import { whyNoResult } from './why-no-result.ts';

const SUMMARY = 'profile_export_genai_perf.json';
const EXPORT = 'profile_export.json';

/**
 * Reads a run of genai-perf. It writes into a folder that it names itself, and a failed rerun there removes
 * the export but keeps the summary: so a summary without its export is a failure's, not a result.
 */
export async function parseGenaiPerf(files: ArtifactFiles): Promise<Measurement> {
  const names = (await files.list()).filter((name) => name === SUMMARY || name.endsWith(`/${SUMMARY}`));
  if (names.length > 1) {
    throw new StepBenchError(ErrorName.ArtifactsInvalid, `There are ${names.length} files ${SUMMARY}.`, {
      nextStep: 'They are of several runs: run the cell again, in a fresh folder.',
    });
  }
  const [name] = names;
  const text = name === undefined ? undefined : await readText(files, name);
  const requests = name === undefined ? undefined : await files.stream(name.slice(0, -SUMMARY.length) + EXPORT);
  if (name === undefined || text === undefined || requests === undefined) {
    const ending = await readEnding(files);
    const { reason, nextStep } = whyNoResult(ending);
    throw withoutResult('genai-perf', ending, reason, nextStep);
  }
  const [summary, times] = [parseSummary(genaiPerfSummary, name, text), await requestTimes(requests, EXPORT)];
  const requestCount = summary.request_count?.avg ?? times.requests;
  if (!times.whole || times.requests === 0 || times.requests < requestCount || !Number.isFinite(times.lastReceivedMs)) {
    throw new StepBenchError(
      ErrorName.ArtifactsInvalid,
      `${SUMMARY} counts ${requestCount} requests and ${EXPORT} has ${times.requests}${times.whole ? '' : ', and was cut short'}.`,
      { nextStep: 'The files are of two runs or cut short: run the cell again, in a fresh folder.' },
    );
  }
  const isStreamed = streamed(summary);
  const broken = brokenStreams(times);
  const brokenCount = broken.reduce((sum, { count }) => sum + count, 0);
  // perf_analyzer counts what was broken off as answered, and its tokens as output.
  const share = 1 - brokenCount / times.requests;
  const measured: Measurement = {
    generator: 'genai-perf',
    // None of its files says it; the image is pinned.
    generatorVersion: null,
    ...requestWindow(times, EXPORT),
    ...loadShape(times.spans),
    requestCount: requestCount - brokenCount,
    // A request that fails in any other way ends the run without a result.
    errorCount: brokenCount,
    warmupRequestCount: warmupAsked(summary),
    cancelled: false,
    errors: broken,
    requestThroughputPerS: summary.request_throughput.avg * share,
    outputTokensPerS: summary.output_token_throughput.avg * share,
    inputTokensPerS: summary.input_sequence_length.avg * summary.request_throughput.avg * share,
    requestLatencyMs: distribution(summary.request_latency),
    ttftMs: isStreamed ? distributionOrNull(summary.time_to_first_token) : null,
    itlMs: isStreamed ? distributionOrNull(summary.inter_token_latency) : null,
    islTokens: distribution(summary.input_sequence_length),
    oslTokens: distribution(summary.output_sequence_length),
    clientDelayMs: null,
    goodputPerS: summary.request_goodput?.avg ?? null,
    gpu: gpuOf(summary),
    engineCounters: null,
  };
  return { ...measured, ...(await readObservations(files, measured, measured.gpu)) };
}

/** Streams that perf_analyzer takes for whole; the commonest first. */
const brokenStreams = ({ withError, withoutEnd }: RequestTimes): Measurement['errors'] =>
  [
    { message: 'the stream had an error in it', count: withError },
    { message: 'the stream ended without finish_reason and [DONE], as one that is broken off', count: withoutEnd },
  ]
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count);
