import { LONGEST_LINE, neverEnds } from '../lines.ts';
import type { RequestSpan } from '../request-spans.ts';

/** What the requests of profile_export.json say together. */
export interface RequestTimes {
  requests: number;
  /** ms since the epoch; infinite when there are no requests. */
  firstSentMs: number;
  lastReceivedMs: number;
  /** In each of these streams the server said that it failed; perf_analyzer counts them as answered. */
  withError: number;
  /** Streams that ended without a word of their end, where others have one. */
  withoutEnd: number;
  /** False of a file that was cut short: it does not end as a document does, or a request has no times. */
  whole: boolean;
  /** Of those that were answered. */
  spans: RequestSpan[];
}

/**
 * profile_export.json holds every chunk of every response in one JSON document, so it is scanned, not
 * parsed. Safe on JSON text: inside a string (a prompt, a response) a quotation mark is escaped, so these
 * keys, closed by a bare one, are keys. An event stands in a string, so its quotation marks have one backslash, and
 * those of a text in it have three.
 *
 * In order: a request's begin; its times; an error in the place of a piece; the end of an answer, by OpenAI's
 * `finish_reason` or by `[DONE]`.
 */
const MARKS =
  /"timestamp"\s*:\s*(\d+)|"response_timestamps"\s*:\s*\[([\d\s,]*)\]|("response"\s*:\s*"(?:data: ?)?\{\\"error\\"\s*:\s*[{\\])|(finish_reason\\"\s*:\s*\\"|data: ?\[DONE\])/g;

/** A match may begin in one chunk and end in the next: what could be a beginning is carried over. */
const KEY = /"(?:timestamp|response_timestamps)"[^\]"]*$/;
/** The longest of the others, `"response": "data: {\"error\": {`, and space in it. */
const LONGEST_MARK = 64;

/** @throws StepBenchError ArtifactsInvalid for a list of times that never ends. */
export async function requestTimes(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  longest = LONGEST_LINE,
): Promise<RequestTimes> {
  const decoder = new TextDecoder();
  const times = { requests: 0, firstSentMs: Number.POSITIVE_INFINITY, lastReceivedMs: Number.NEGATIVE_INFINITY };
  let answered = 0;
  let withError = 0;
  let ended = 0;
  // Of the request that is being read: the prompt comes first, and may say what it likes.
  const spans: RequestSpan[] = [];
  let current = { sentMs: 0, answered: false, error: false, end: false };
  const close = (): void => {
    if (current.error) withError += 1;
    else if (current.end) ended += 1;
  };
  let rest = '';
  let lastSeen = '';
  const scan = (text: string): number => {
    let end = 0;
    for (const match of text.matchAll(MARKS)) {
      end = match.index + match[0].length;
      if (match[1] !== undefined) {
        close();
        current = { sentMs: Number(match[1]) / 1e6, answered: false, error: false, end: false };
        times.requests += 1;
        times.firstSentMs = Math.min(times.firstSentMs, current.sentMs);
      } else if (match[2] !== undefined) {
        current.answered = true;
        answered += 1;
        let endedMs = Number.NEGATIVE_INFINITY;
        for (const stamp of match[2].split(',')) {
          if (stamp.trim() !== '') endedMs = Math.max(endedMs, Number(stamp) / 1e6);
        }
        times.lastReceivedMs = Math.max(times.lastReceivedMs, endedMs);
        if (Number.isFinite(endedMs)) spans.push({ sentMs: current.sentMs, endedMs });
      } else if (current.answered) {
        if (match[3] === undefined) current.end = true;
        else current.error = true;
      }
    }
    return end;
  };
  for await (const chunk of chunks) {
    const text = rest + decoder.decode(chunk, { stream: true });
    const begun = KEY.exec(text);
    const seen = scan(begun === null ? text : text.slice(0, begun.index));
    rest = text.slice(begun?.index ?? Math.max(seen, text.length - LONGEST_MARK));
    if (rest.length > longest) throw neverEnds(name, longest);
    lastSeen = text.trimEnd().at(-1) ?? lastSeen;
  }
  const last = rest + decoder.decode();
  scan(last);
  close();
  return {
    ...times,
    withError,
    spans,
    // A server that never says how an answer ended has nothing to be judged by.
    withoutEnd: ended === 0 ? 0 : times.requests - withError - ended,
    whole: lastSeen === '}' && answered === times.requests,
  };
}
