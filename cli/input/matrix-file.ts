import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { formatPath, type Problem, show } from '#core/matrix/problems.ts';
import { readMatrix } from '#core/matrix/read.ts';
import { MOST_MATRIX_BYTES } from '#core/matrix/size.ts';
import { CliError } from '../errors.ts';
import { counted } from '../render/format.ts';
import { type JsonMistake, type RepeatedField, readJsonText, TooDeepError } from './json-text.ts';

/** However much white space an editor adds: what is larger is no matrix, and is not read into memory. */
const MOST_BYTES = 16 * MOST_MATRIX_BYTES;

/** @throws CliError that says what is wrong with the file, and where in it. */
export async function readMatrixFile(path: string): Promise<unknown> {
  const text = await readText(path);
  const read = jsonIn(path, text);
  if ('mistake' in read) throw notJson(path, text, read.mistake);
  if (read.repeated.length > 0) throw repeatedFields(path, read);
  return read.value;
}

async function readText(path: string): Promise<string> {
  if (path === '-') {
    throw new CliError('matrix-not-a-file', 'a matrix is read from a file, not from standard input', {
      where: path,
      nextStep: 'Write it to a file first.',
    });
  }
  let file: FileHandle | undefined;
  try {
    // To open a pipe would wait for somebody who writes into it.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    checkKind(path, await file.stat());
    return decoded(path, await file.readFile());
  } catch (error) {
    throw explained(path, error);
  } finally {
    await file?.close();
  }
}

function checkKind(path: string, info: Stats): void {
  if (info.isDirectory()) {
    throw new CliError('matrix-not-a-file', 'this is a folder', {
      where: path,
      nextStep: 'Name the matrix file itself, as in: stepbench run examples/quickstart.json',
    });
  }
  if (!info.isFile()) throw noFile(path, info.isFIFO() ? 'a pipe' : 'a device');
  if (info.size > MOST_BYTES) {
    const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
    throw new CliError(
      'matrix-too-large',
      `the file has ${megabytes(info.size)} MB; a matrix takes at most ${megabytes(MOST_MATRIX_BYTES)} without white space`,
      { where: path, nextStep: 'Say with axes what it says with a list, or make several matrices of it.' },
    );
  }
}

const noFile = (path: string, what: string): CliError =>
  new CliError('matrix-not-a-file', `this is ${what}, and not a file`, {
    where: path,
    nextStep: 'Write the matrix to a file first.',
  });

/** In front of a text by which an editor tells its encoding, the low byte first or the high one. */
const UTF_16 = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

function decoded(path: string, bytes: Buffer): string {
  const isUtf16 = UTF_16.some((mark) => bytes.subarray(0, 2).equals(mark));
  if (isUtf16) throw notUtf8(path, 'the file is UTF-16 text, and JSON is UTF-8');
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  if (text.includes('\0')) throw notUtf8(path, 'the file is not UTF-8 text: it has bytes of zero');
  return text;
}

const notUtf8 = (path: string, message: string): CliError =>
  new CliError('matrix-not-json', message, { where: path, nextStep: 'Save it as UTF-8.' });

function explained(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new CliError('matrix-missing', 'there is no such file', {
        where: path,
        nextStep: 'examples/ has matrices to begin with.',
      });
    case 'EACCES':
    case 'EPERM':
      return new CliError('matrix-unreadable', 'this user may not read the file', {
        where: path,
        nextStep: 'Give the right to read it, or copy it.',
      });
    // Of a socket.
    case 'ENXIO':
      return noFile(path, 'a socket or a device');
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return notUtf8(path, 'the file is not UTF-8 text');
    default:
      return typeof code === 'string' && !(error instanceof CliError)
        ? new CliError('matrix-unreadable', `the file cannot be read (${code})`, { where: path, cause: error })
        : error;
  }
}

function jsonIn(path: string, text: string): ReturnType<typeof readJsonText> {
  if (text.trim() === '') {
    throw new CliError('matrix-not-json', 'the file is empty', {
      where: path,
      nextStep: 'examples/ has matrices to begin with.',
    });
  }
  try {
    return readJsonText(text);
  } catch (error) {
    if (!(error instanceof TooDeepError)) throw error;
    throw new CliError('matrix-not-json', 'this is nested far deeper than any matrix', {
      where: path,
      nextStep: 'examples/ has matrices to begin with.',
      cause: error,
    });
  }
}

function notJson(path: string, text: string, { line, column, expected, found }: JsonMistake): CliError {
  const isYaml = /\.ya?ml$/i.test(path);
  return new CliError('matrix-not-json', `this is not JSON: expected ${expected}; found ${asFound(found)}`, {
    where: `${path}:${line}:${column}`,
    excerpt: excerpt(text, line, column),
    nextStep: isYaml
      ? 'A matrix is JSON: YAML is not read. Write it in JSON, as the examples/ are.'
      : `${found === '' ? 'Something is still open at the end.' : 'Correct it where the mark is.'} JSON has no comments, no trailing commas, and double quotes only.`,
  });
}

/** A text stands in its quotes already. */
const asFound = (found: string): string =>
  found === '' ? 'the end of the file' : found.startsWith('"') ? found.slice(0, LONGEST_FOUND) : show(found);

const LONGEST_FOUND = 60;

/** A long line is shown around the mistake. */
const SHOWN_BEFORE = 50;
const SHOWN_AFTER = 30;

function excerpt(text: string, line: number, column: number): string[] {
  const source = (text.split('\n')[line - 1] ?? '').replace(/[\t\r]/g, ' ');
  const from = Math.max(0, column - 1 - SHOWN_BEFORE);
  const shown = source.slice(from, column - 1 + SHOWN_AFTER);
  return [shown, `${' '.repeat(column - 1 - from)}^`];
}

/** Mistakes of a value in itself; others may only follow from the fields that JSON has lost. */
const OF_ONE_VALUE: ReadonlySet<Problem['code']> = new Set([
  'too-large',
  'unknown-field',
  'wrong-type',
  'out-of-range',
  'bad-format',
  'unknown-value',
  'unknown-instance-type',
  'duplicate-value',
  'owned-argument',
]);

/** Which one was meant nobody knows: with whatever else is wrong for certain. */
function repeatedFields(path: string, { value, repeated }: { value: unknown; repeated: RepeatedField[] }): CliError {
  const read = readMatrix(value);
  const problems: Problem[] = [
    ...repeated.map((one) => ({
      code: 'repeated-field' as const,
      path: formatPath(one.path),
      value: undefined,
      message: `the field stands here ${one.lines.length} times, in line ${[...new Set(one.lines)].join(' and ')}: JSON would take the last and say nothing`,
      instead: 'the field once, with all that it is to have',
    })),
    ...(read.ok ? [] : read.problems.filter(({ code }) => OF_ONE_VALUE.has(code))),
  ];
  return new CliError('matrix-invalid', `the matrix has ${counted(problems.length, 'problem')}`, {
    where: `${path}:${repeated[0]?.lines[1] ?? 1}`,
    problems,
    nextStep: 'Nothing was started.',
  });
}
