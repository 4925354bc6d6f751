/**
 * Randomness that depends on nothing but the seed and the prompt: the same prompt gets the same text, length and
 * timing whatever order requests arrive in, which a counter of requests would not give under concurrency.
 */

/** FNV-1a, 32 bits, with MurmurHash3's finish: alone it leaves texts that differ at their end close together. */
export function hash32(text: string, seed = 0): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Uniform numbers in [0, 1): mulberry32 by Tommy Ettinger (public domain). */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A standard normal draw (Box-Muller, one of the pair). */
export function normal(uniform: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
  return radius * Math.cos(2 * Math.PI * uniform());
}

/** Symmetric, hence the mean stays the mean. 70 % is llm-d-inference-sim's bound for the same options. */
const MAX_DEVIATION = 0.7;

export function jittered(mean: number, stdDev: number, uniform: () => number): number {
  if (stdDev === 0 || mean === 0) return mean;
  const bound = MAX_DEVIATION * mean;
  return mean + Math.max(-bound, Math.min(bound, stdDev * normal(uniform)));
}
