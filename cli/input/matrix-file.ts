import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { MOST_MATRIX_BYTES } from '#core/matrix/size.ts';
import { CliError } from '../errors.ts';
import { jsonOf } from './matrix-json.ts';
import { repeatedFields } from './repeated-fields.ts';

/** However much white space an editor adds: what is larger is no matrix, and is not read into memory. */
const MOST_BYTES = 16 * MOST_MATRIX_BYTES;

/** @throws CliError that says what is wrong with the file, and where in it. */
export async function readMatrixFile(path: string): Promise<unknown> {
  const { value, repeated } = jsonOf(path, await readText(path));
  if (repeated.length > 0) throw repeatedFields(path, value, repeated);
  return value;
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
