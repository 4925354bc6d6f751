import { createHash } from 'node:crypto';
import type { TimerClock } from '#local/clock/timer-clock.ts';
import { builtin } from './builtins.ts';
import type { JsonataFunction } from './scope.ts';

/** A source of numbers from 0 up to, not including, 1. */
export type Random = () => number;

/** JSONata's errors are objects with a code; these use the code of a bad argument. */
class ArgumentError extends Error {
  readonly code = 'T0410';
}

const algorithms: Record<string, string> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** The largest array that `States.ArrayRange`, and so `$range`, makes. */
const longestRange = 1000;

const partition: JsonataFunction = (array, size) => {
  if (array === undefined) return undefined;
  if (!Array.isArray(array)) throw new ArgumentError('$partition expects an array');
  if (!Number.isInteger(size) || (size as number) < 1)
    throw new ArgumentError('$partition expects a size of 1 or more');
  const chunks: unknown[][] = [];
  for (let at = 0; at < array.length; at += size as number) chunks.push(array.slice(at, at + (size as number)));
  return chunks;
};

const range: JsonataFunction = (start, end, step) => {
  if (![start, end, step].every(Number.isInteger)) throw new ArgumentError('$range expects integers');
  const [first, last, by] = [start as number, end as number, step as number];
  if (by === 0) throw new ArgumentError('$range expects a step other than 0');
  const length = Math.max(0, Math.floor((last - first) / by) + 1);
  if (length > longestRange) throw new ArgumentError(`$range makes at most ${longestRange} items`);
  return Array.from({ length }, (_, index) => first + index * by);
};

const hash: JsonataFunction = (data, algorithm) => {
  if (data === undefined) return undefined;
  const name = algorithms[String(algorithm)];
  if (typeof data !== 'string') throw new ArgumentError('$hash expects a string');
  if (name === undefined) throw new ArgumentError(`$hash knows ${Object.keys(algorithms).join(', ')}`);
  return createHash(name).update(data).digest('hex');
};

const parse: JsonataFunction = (text) => {
  if (text === undefined) return undefined;
  if (typeof text !== 'string') throw new ArgumentError('$parse expects a string');
  return JSON.parse(text);
};

/** Mulberry32: the numbers differ from those of AWS, which does not say how it makes them. */
const seeded = (seed: number): number => {
  let state = (seed + 0x6d2b79f5) | 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
};

/** A version 4 UUID: 122 random bits, 4 for the version, 2 for the variant. */
export const uuidFrom = (random: Random): string => {
  const digits = (count: number) => {
    const values = 16 ** count;
    return Math.floor((1 + random()) * values)
      .toString(16)
      .slice(1);
  };
  const variant = (8 + Math.floor(random() * 4)).toString(16);
  return `${digits(8)}-${digits(4)}-4${digits(3)}-${variant}${digits(3)}-${digits(12)}`;
};

/** Step Functions' additions to JSONata, and those of its functions that must not look at the machine's own clock. */
export const awsFunctions = (clock: TimerClock, random: Random): Readonly<Record<string, JsonataFunction>> => ({
  partition,
  range,
  hash,
  parse,
  random: (seed) => {
    if (seed === undefined) return random();
    if (!Number.isInteger(seed)) throw new ArgumentError('$random expects an integer as its seed');
    return seeded(seed as number);
  },
  uuid: () => uuidFrom(random),
  millis: () => clock.nowMs(),
  now: (picture, timezone) => {
    const fromMillis = builtin('fromMillis').implementation as JsonataFunction;
    return fromMillis(clock.nowMs(), picture, timezone);
  },
});

export const awsFunctionNames: ReadonlySet<string> = new Set([
  'partition',
  'range',
  'hash',
  'parse',
  'random',
  'uuid',
  'millis',
  'now',
]);
