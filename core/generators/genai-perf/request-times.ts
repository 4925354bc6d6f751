/** When the requests of profile_export.json were sent and answered. */
export interface RequestTimes {
  requests: number;
  /** ms since the epoch; infinite when there are no requests. */
  firstSentMs: number;
  lastReceivedMs: number;
}

/**
 * profile_export.json holds every chunk of every response in one JSON document, so it is scanned, not
 * parsed. Safe on JSON text: inside a string (a prompt, a response) a quotation mark is escaped, so these
 * keys, closed by a bare one, are keys.
 */
const TIMES = /"timestamp"\s*:\s*(\d+)|"response_timestamps"\s*:\s*\[([\d\s,]*)\]/g;

/** A match may begin in one chunk and end in the next: what could be a beginning is carried over. */
const KEY = /"(?:timestamp|response_timestamps)"[^\]"]*$/;
const LONGEST_KEY = '"response_timestamps"'.length;

export async function requestTimes(chunks: AsyncIterable<Uint8Array>): Promise<RequestTimes> {
  const decoder = new TextDecoder();
  const times = { requests: 0, firstSentMs: Number.POSITIVE_INFINITY, lastReceivedMs: Number.NEGATIVE_INFINITY };
  let rest = '';
  const scan = (text: string): number => {
    let end = 0;
    for (const match of text.matchAll(TIMES)) {
      end = match.index + match[0].length;
      if (match[1] !== undefined) {
        times.requests += 1;
        times.firstSentMs = Math.min(times.firstSentMs, Number(match[1]) / 1e6);
      } else {
        for (const stamp of (match[2] ?? '').split(',')) {
          if (stamp.trim() !== '') times.lastReceivedMs = Math.max(times.lastReceivedMs, Number(stamp) / 1e6);
        }
      }
    }
    return end;
  };
  for await (const chunk of chunks) {
    const text = rest + decoder.decode(chunk, { stream: true });
    const begun = KEY.exec(text);
    const seen = scan(begun === null ? text : text.slice(0, begun.index));
    rest = text.slice(begun?.index ?? Math.max(seen, text.length - LONGEST_KEY));
  }
  scan(rest + decoder.decode());
  return times;
}
