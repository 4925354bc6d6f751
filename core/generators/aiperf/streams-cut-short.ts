/** A streamed answer: how many tokens the server says it has, and in how many pieces it came. */
export interface StreamedAnswer {
  tokens: number;
  pieces: number;
}

/** Of the cell's usual share of pieces per token, how much a whole stream has at least. */
const LEAST_SHARE = 0.5;

/** Shorter answers say nothing: one piece with two tokens is half. */
const LEAST_TOKENS = 8;

/**
 * How many of these streams were broken off, although the server reported the usage of a whole answer: `pieces / tokens`
 * is below half of its median in the cell. No absolute bound: a server may send several tokens in a piece (speculative
 * decoding, `--stream-interval`), and a piece without text is not counted, but it does so in all its streams.
 */
export function streamsCutShort(streams: readonly StreamedAnswer[]): number {
  const shares = streams.filter(({ tokens }) => tokens >= LEAST_TOKENS).map(({ tokens, pieces }) => pieces / tokens);
  const median = shares.toSorted((a, b) => a - b)[Math.floor(shares.length / 2)] ?? 0;
  return shares.filter((share) => share < LEAST_SHARE * median).length;
}
