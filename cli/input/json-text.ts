import { type ParseErrorCode, printParseErrorCode, visit } from 'jsonc-parser';

/** A place in a text: line and column from 1. */
export interface JsonPlace {
  line: number;
  column: number;
}

export interface JsonMistake extends JsonPlace {
  /** What could have stood there. */
  expected: string;
  /** What stands there, as it is written; empty at the end of the text. */
  found: string;
}

/** A field that an object has more than once: JSON takes the last one. */
export interface RepeatedField {
  path: readonly (string | number)[];
  /** From 1; the first is the first one's. */
  lines: readonly number[];
}

/** What no visitor can follow down, and no document of ours needs. */
export class TooDeepError extends Error {
  override name = 'TooDeepError';
}

/** Strict: what JSON.parse takes. */
const JSON_ONLY = { disallowComments: true, allowTrailingComma: false };

export interface JsonText {
  value: unknown;
  repeated: RepeatedField[];
}

/**
 * Reads JSON as JSON.parse does, and tells where it stops being JSON and which fields are lost since they stand there
 * twice.
 * @throws TooDeepError
 */
export function readJsonText(text: string): JsonText | { mistake: JsonMistake } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { mistake: firstMistake(text) };
  }
  return { value, repeated: repeatedFields(text) };
}

function repeatedFields(text: string): RepeatedField[] {
  const open: Map<string, number[]>[] = [];
  const repeated: { path: (string | number)[]; lines: number[] }[] = [];
  visitJson(text, {
    onObjectBegin: () => {
      open.push(new Map());
    },
    onObjectEnd: () => {
      open.pop();
    },
    onObjectProperty: (name, _offset, _length, line, _column, pathOf) => {
      const fields = open.at(-1);
      const lines = fields?.get(name);
      lines?.push(line + 1);
      if (lines === undefined) fields?.set(name, [line + 1]);
      else if (lines.length === 2) repeated.push({ path: [...pathOf(), name], lines });
    },
  });
  return repeated;
}

/** What comes after the first one may only follow from it. */
function firstMistake(text: string): JsonMistake {
  const open: ('object' | 'array')[] = [];
  let first:
    | { code: ParseErrorCode; offset: number; length: number; inside: 'object' | 'array' | undefined }
    | undefined;
  visitJson(text, {
    onObjectBegin: () => {
      open.push('object');
    },
    onObjectEnd: () => {
      open.pop();
    },
    onArrayBegin: () => {
      open.push('array');
    },
    onArrayEnd: () => {
      open.pop();
    },
    onError: (code, offset, length) => {
      first ??= { code, offset, length, inside: open.at(-1) };
    },
  });
  if (first === undefined) return { ...placeOf(text, 0), expected: 'JSON', found: '' };
  const { code, offset, length, inside } = first;
  const token = text.slice(offset, offset + length);
  if (token === '-' || /Number/.test(printParseErrorCode(code))) return missingDigits(text, offset + length);
  // Within a text it is the character that is wrong, not the whole of it.
  const within = token.search(CONTROL);
  const at = offset + Math.max(0, within);
  const found = within >= 0 ? text.charAt(at) : token;
  return { ...placeOf(text, at), expected: expectedBy(code, { found, inside }), found };
}

/** Of a number that begins well. */
const missingDigits = (text: string, at: number): JsonMistake => ({
  ...placeOf(text, at),
  expected: 'digits, as on both sides of the point in 0.5',
  found: text.charAt(at),
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON has none of them, but for white space.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;

function visitJson(text: string, visitor: Parameters<typeof visit>[1]): void {
  try {
    visit(text, visitor, JSON_ONLY);
  } catch (error) {
    if (error instanceof RangeError) throw new TooDeepError('nested too deeply', { cause: error });
    throw error;
  }
}

function placeOf(text: string, offset: number): JsonPlace {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

const A_VALUE = 'a text in double quotes, a number, true, false, null, "{" or "["';

function expectedBy(
  code: ParseErrorCode,
  { found, inside }: { found: string; inside: 'object' | 'array' | undefined },
): string {
  switch (printParseErrorCode(code)) {
    case 'PropertyNameExpected':
      return found === '}'
        ? 'another field in double quotes, or no comma before the brace'
        : 'the name of a field in double quotes';
    case 'ValueExpected':
      return found === ']' ? 'another value, or no comma before the bracket' : A_VALUE;
    case 'ColonExpected':
      return '":" between the name of a field and its value';
    case 'CommaExpected':
      return inside === 'array' ? '"," or "]"' : '"," or "}"';
    case 'CloseBraceExpected':
      return '"," or "}"';
    case 'CloseBracketExpected':
      return '"," or "]"';
    case 'EndOfFileExpected':
      return 'nothing more, since the first value has ended';
    case 'InvalidCommentToken':
    case 'UnexpectedEndOfComment':
      return 'no comment, for JSON has none';
    case 'UnexpectedEndOfString':
      return 'a closing double quote in the same line';
    case 'InvalidUnicode':
      return 'four hexadecimal digits behind \\u';
    case 'InvalidEscapeCharacter':
      return 'one of " \\ / b f n r t u behind a backslash';
    case 'InvalidCharacter':
      return 'no control character: a tab is \\t, a line break \\n';
    default:
      // An opening brace, or the comma before another field.
      return inside === 'object' ? `${A_VALUE}; names of fields stand in double quotes too` : A_VALUE;
  }
}
