import * as z from 'zod/mini';
import { ErrorName, StepBenchError } from '../../workflow/errors.ts';
import { lines } from '../lines.ts';
import type { RequestSpan } from '../request-spans.ts';
import { type StreamedAnswer, streamsCutShort } from './streams-cut-short.ts';

/** What the lines of profile_export.jsonl, one a request, say together. */
export interface RecordTally {
  measured: number;
  failed: number;
  /** Warm-up requests that were answered. */
  warmedUp: number;
  /** Of measured and failed ones, ms since the epoch; infinite when there are none. */
  firstSentMs: number;
  lastReceivedMs: number;
  /** The commonest first. */
  errors: { message: string; count: number }[];
  /** Of the measured ones, those whose stream had far fewer pieces than the server counts tokens. */
  cutShort: number;
  /** Of the measured ones. */
  spans: RequestSpan[];
}

const record = z.looseObject({
  metadata: z.looseObject({
    benchmark_phase: z.string(),
    request_start_ns: z.number(),
    request_end_ns: z.number(),
  }),
  metrics: z.optional(
    z.looseObject({
      usage_completion_tokens: z.optional(z.looseObject({ value: z.number() })),
      /** ms between one piece of the answer and the next: one fewer than there were pieces. */
      inter_chunk_latency: z.optional(z.looseObject({ value: z.array(z.number()) })),
    }),
  ),
  error: z.optional(
    z.nullable(
      z.looseObject({
        code: z.optional(z.nullable(z.number())),
        type: z.optional(z.nullable(z.string())),
        message: z.optional(z.nullable(z.string())),
      }),
    ),
  ),
});

const MAX_MESSAGES = 50;

/**
 * @throws StepBenchError ArtifactsInvalid for a line in the middle that is not a record. A last line without
 * its newline is what a killed generator leaves, and is left out.
 */
export async function tallyRecords(chunks: AsyncIterable<Uint8Array>, name: string): Promise<RecordTally> {
  const tally = {
    measured: 0,
    failed: 0,
    warmedUp: 0,
    firstSentMs: Number.POSITIVE_INFINITY,
    lastReceivedMs: Number.NEGATIVE_INFINITY,
  };
  const errors = new Map<string, number>();
  const streams: StreamedAnswer[] = [];
  const spans: RequestSpan[] = [];
  let broken: number | undefined;
  let number = 0;
  for await (const line of lines(chunks, name)) {
    if (broken !== undefined) throw invalid(name, broken);
    number += 1;
    if (line.trim() === '') continue;
    const parsed = parseRecord(line);
    if (parsed === undefined) {
      broken = number;
      continue;
    }
    const { metadata, metrics, error } = parsed;
    const failed = error !== undefined && error !== null;
    if (metadata.benchmark_phase !== 'profiling') {
      if (!failed) tally.warmedUp += 1;
      continue;
    }
    tally[failed ? 'failed' : 'measured'] += 1;
    // Nanoseconds since the epoch lose some 200 of them as a double, which no reader will miss.
    tally.firstSentMs = Math.min(tally.firstSentMs, metadata.request_start_ns / 1e6);
    tally.lastReceivedMs = Math.max(tally.lastReceivedMs, metadata.request_end_ns / 1e6);
    if (!failed) spans.push({ sentMs: metadata.request_start_ns / 1e6, endedMs: metadata.request_end_ns / 1e6 });
    const usage = metrics?.usage_completion_tokens?.value;
    const gaps = metrics?.inter_chunk_latency?.value.length;
    if (!failed && usage !== undefined && gaps !== undefined) streams.push({ tokens: usage, pieces: gaps + 1 });
    if (failed) {
      const message = describeError(error);
      if (errors.has(message) || errors.size < MAX_MESSAGES) errors.set(message, (errors.get(message) ?? 0) + 1);
    }
  }
  return {
    ...tally,
    cutShort: streamsCutShort(streams),
    spans,
    errors: [...errors].map(([message, count]) => ({ message, count })).toSorted((a, b) => b.count - a.count),
  };
}

function parseRecord(line: string): z.infer<typeof record> | undefined {
  try {
    const parsed = record.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

const invalid = (name: string, line: number) =>
  new StepBenchError(ErrorName.ArtifactsInvalid, `Line ${line} of ${name} is not a request's record.`);

/** `500 Internal Server Error: injected failure`: the sentence inside an OpenAI error body, not the body. */
const IN_WORDS: Record<string, string> = {
  ClientConnectorError: 'no connection to the engine',
  ServerDisconnectedError: 'the engine closed the connection',
  ClientPayloadError: 'the engine broke its answer off in the middle',
  InvalidInferenceResultError: 'the engine answered without any text (is it an OpenAI-compatible server?)',
  TimeoutError: 'no answer within the time of a request',
};

function describeError(error: NonNullable<z.infer<typeof record>['error']>): string {
  const inWords = IN_WORDS[error.type ?? ''];
  if (inWords !== undefined) return inWords;
  const head = [error.code, error.type].filter((part) => part !== undefined && part !== null).join(' ');
  const message = (error.message ?? '').trim();
  let said = message;
  try {
    const body = JSON.parse(message) as { error?: { message?: unknown } | null } | null;
    if (typeof body?.error?.message === 'string') said = body.error.message;
  } catch {
    // A plain sentence.
  }
  return [head, said.slice(0, 300)].filter((part) => part !== '').join(': ') || 'an error without a message';
}
