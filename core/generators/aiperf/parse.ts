import type { Measurement } from '../../results/measurement.ts';
import { ErrorName, StepBenchError } from '../../workflow/errors.ts';
import { type ArtifactFiles, ExitCode, readText } from '../artifacts.ts';
import { type Ending, lastError, readEnding, tail, withoutResult } from '../failure.ts';
import { distribution, distributionOrNull, parseSummary } from '../metric-blocks.ts';
import { readObservations } from '../observations.ts';
import { loadShape } from '../request-spans.ts';
import { requestWindow } from '../request-window.ts';
import { type RecordTally, tallyRecords } from './records.ts';
import { type AiperfSummary, aiperfSummary, gpuOf } from './summary.ts';

const SUMMARY = 'profile_export_aiperf.json';
const RECORDS = 'profile_export.jsonl';

/**
 * Reads a run of AIPerf 0.13. Its exit code is no verdict (0 when it gave up, 0 on an interrupt): the files
 * are. The summary has neither a zone in its times nor, when it was cancelled, its errors, so times, errors
 * and the warm-up come from the records; a summary that they do not bear out is another run's.
 */
export async function parseAiperf(files: ArtifactFiles): Promise<Measurement> {
  const [summaryText, records] = await Promise.all([readText(files, SUMMARY), files.stream(RECORDS)]);
  const tally = records === undefined ? undefined : await tallyRecords(records, RECORDS);
  if (tally !== undefined && tally.measured === 0 && tally.failed > 0) throw allFailed(tally);
  if (summaryText === undefined) throw withoutResult('AIPerf', ...said(await readEnding(files)));
  if (tally === undefined) {
    throw new StepBenchError(ErrorName.ArtifactsMissing, `AIPerf wrote ${SUMMARY}, but ${RECORDS} is not there.`);
  }
  const summary = parseSummary(aiperfSummary, SUMMARY, summaryText);
  // Told to stop, it goes on writing records of what was in flight after it has counted.
  const inFlight = tally.measured - summary.request_count.avg;
  if (summary.was_cancelled ? inFlight < 0 : inFlight !== 0) {
    throw new StepBenchError(
      ErrorName.ArtifactsInvalid,
      `${SUMMARY} counts ${summary.request_count.avg} requests and ${RECORDS} has ${tally.measured}.`,
      { nextStep: 'The files are of two runs: run the cell again, in a fresh folder.' },
    );
  }
  const measured = generatorsWord(summary, tally);
  return { ...measured, ...(await readObservations(files, measured, measured.gpu)) };
}

function generatorsWord(summary: AiperfSummary, tally: RecordTally): Measurement {
  const broken = brokenStreams(summary, tally);
  const answered = summary.request_count.avg - total(broken);
  // Its rate counts what was broken off as answered.
  const requestsPerS = summary.request_throughput.avg * (answered / summary.request_count.avg);
  const lengths = tokenLengths(summary, requestsPerS);
  const delay = summary.credit_to_start_latency;
  return {
    generator: 'aiperf',
    generatorVersion: summary.aiperf_version,
    // Its benchmark_duration ends with the last success, its throughput with the last failure.
    ...requestWindow(tally, RECORDS),
    ...loadShape(tally.spans),
    requestCount: answered,
    errorCount: tally.failed + total(broken),
    warmupRequestCount: tally.warmedUp,
    cancelled: summary.was_cancelled || summary.is_complete === false,
    errors: [...tally.errors, ...broken].toSorted((a, b) => b.count - a.count),
    requestThroughputPerS: requestsPerS,
    ...lengths,
    requestLatencyMs: distribution(summary.request_latency),
    ttftMs: distributionOrNull(summary.time_to_first_token),
    itlMs: distributionOrNull(summary.inter_token_latency),
    clientDelayMs: delay === undefined ? null : { avg: delay.avg, p99: delay.p99 },
    clientSendMs: sending(summary),
    goodputPerS: summary.goodput?.avg ?? null,
    gpu: gpuOf(summary),
    engineCounters: null,
  };
}

/** Connections are kept: where one was made anew, the network's time is taken from the mean and stays in the p95. */
function sending({ http_req_sending: sent, http_req_connection_overhead: connecting }: AiperfSummary) {
  return sent === undefined ? null : { avg: Math.max(0, sent.avg - (connecting?.avg ?? 0)), p95: sent.p95 };
}

/**
 * The server's own counts where it reported them for these requests, else the tokenizer's. Rates are mean
 * length x request rate: its own token rates are over another span than its request rate when requests fail.
 */
function tokenLengths(summary: AiperfSummary, requestsPerS: number) {
  const output = outputLengths(summary);
  const input = summary.usage_prompt_tokens ?? summary.input_sequence_length;
  if (output === undefined) {
    throw new StepBenchError(ErrorName.ArtifactsInvalid, 'The responses carried no token usage.', {
      nextStep:
        'Use an engine that reports usage, as vLLM does, or say "tokenCounts": "tokenizer" of an endpoint that does not.',
    });
  }
  return {
    outputTokensPerS: output.avg * requestsPerS,
    inputTokensPerS: input === undefined ? null : input.avg * requestsPerS,
    islTokens: distributionOrNull(input),
    oslTokens: distribution(output),
  };
}

const outputLengths = (summary: AiperfSummary) => summary.usage_completion_tokens ?? summary.output_sequence_length;

interface Broken {
  message: string;
  count: number;
}

const total = (broken: readonly Broken[]): number => broken.reduce((sum, { count }) => sum + count, 0);

/**
 * Streams that ended as if they were whole, which AIPerf counts as answered: a server's usage is its last word, so one
 * without it was broken off (also by an error in the middle, which AIPerf passes over); and one with usage whose
 * pieces never came.
 */
function brokenStreams(summary: AiperfSummary, { cutShort }: RecordTally): Broken[] {
  const counted = outputLengths(summary)?.count;
  const uncounted = typeof counted === 'number' ? summary.request_count.avg - counted : 0;
  return [
    { message: 'the stream ended without token usage, as one that is broken off', count: Math.max(0, uncounted) },
    { message: 'the stream broke off: it had less than half of the pieces that its token usage says', count: cutShort },
  ].filter(({ count }) => count > 0);
}

function allFailed(tally: RecordTally): StepBenchError {
  const [commonest] = tally.errors;
  return new StepBenchError(
    ErrorName.GeneratorFailed,
    `All ${tally.failed} requests failed; ${commonest?.count} of them with: ${commonest?.message}.`,
    { nextStep: "Look at the engine's log." },
  );
}

/**
 * AIPerf logs on stdout; a bad option and a traceback are on stderr. Asked to end it says how to press keys,
 * which is no reason.
 */
function said(ending: Ending): [Ending, string] {
  const errors = ending.stdout
    .split('\n')
    .filter((line) => /^\S+ (ERROR|CRITICAL)\s/.test(line))
    .join('\n');
  const asked = ending.exitCode === ExitCode.timeLimit || ending.exitCode === ExitCode.stopped;
  return [ending, tail(errors) || (asked ? '' : lastError(ending.stderr) || tail(ending.stdout))];
}
