/** Of a value in itself: whatever else the matrix says, it stays wrong. */
export const CODES_OF_ONE_VALUE = [
  'too-large',
  'unknown-field',
  'wrong-type',
  'out-of-range',
  'bad-format',
  'unknown-value',
  'unknown-instance-type',
  'duplicate-value',
  'owned-argument',
] as const;

/** What can be wrong with a matrix: a closed set, so that programs may tell the cases apart. */
export const PROBLEM_CODES = [
  ...CODES_OF_ONE_VALUE,
  'not-an-object',
  'missing',
  /** In the text of a file: of its values JSON would take the last, and say nothing. */
  'repeated-field',
  'duplicate-cell',
  'id-collision',
  'ambiguous-load',
  'too-many-gpus',
  'too-little-memory',
  'model-too-large',
  'context-too-short',
  'too-few-requests',
  'too-many-requests',
  'capacity-type-twice',
  'too-many-cells',
  'too-many-deployments',
  'too-much-work',
  'no-cells',
  'not-an-axis',
  'unknown-price',
  'over-quota',
  'budget-too-small',
  'too-long',
  /** Of a load generator that does not run on this machine. */
  'generator-unfit',
  /** Of a run that was started otherwise. */
  'not-resumable',
] as const;

type ProblemCode = (typeof PROBLEM_CODES)[number];

/** One mistake in a matrix, for people and for programs. */
export interface Problem {
  /** Where it is, as `matrix.tensorParallel[1]`; empty for the document itself. */
  path: string;
  /** What stands there; undefined when nothing does. */
  value: unknown;
  message: string;
  /** What to write instead. */
  instead: string;
  code: ProblemCode;
}

export type Path = readonly PropertyKey[];

const PLAIN_KEY = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

export function formatPath(path: Path): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else if (PLAIN_KEY.test(String(segment))) text += text === '' ? String(segment) : `.${String(segment)}`;
    else text += `[${show(segment)}]`;
  }
  return text;
}

const SHOWN_CHARACTERS = 60;

/** In the place of a value that is too much to carry, or to repeat: what it is. */
class Kind {
  readonly #name: string;
  constructor(name: string) {
    this.#name = name;
  }
  toString(): string {
    return this.#name;
  }
  toJSON(): string {
    return this.#name;
  }
}

const A_LIST = new Kind('a list');
const AN_OBJECT = new Kind('an object');

/** A value as it may be printed: quoted, one line, short, no control characters, whatever the user wrote. */
export function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value.slice(0, SHOWN_CHARACTERS + 1)) : json(value);
  const safe = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
  return safe.length > SHOWN_CHARACTERS ? `${safe.slice(0, SHOWN_CHARACTERS)}…` : safe;
}

const LONGEST_VALUE = 200;
const LONGEST_LIST = 20;

/** A value as a problem carries it: small enough for any log, whatever the user wrote. */
export function carried(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, LONGEST_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value) || value.length > LONGEST_LIST) return kindOf(value);
  return value.map((item) => (typeof item === 'object' && item !== null ? kindOf(item) : carried(item)));
}

const kindOf = (value: object): Kind => (value instanceof Kind ? value : Array.isArray(value) ? A_LIST : AN_OBJECT);

function json(value: unknown): string {
  if (typeof value === 'object' && value !== null) return String(kindOf(value));
  return typeof value === 'symbol' ? String(value.description) : String(value);
}
