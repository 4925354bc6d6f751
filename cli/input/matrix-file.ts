import type { Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { CliError } from '../errors.ts';
import { positionOfMistake } from './json-position.ts';

/** The longest list of cells that a matrix may have takes less. */
const MOST_BYTES = 20_000_000;

/** @throws CliError that says what is wrong with the file, and where in it. */
export async function readMatrixFile(path: string): Promise<unknown> {
  const text = await readText(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw notJson(path, text, error);
  }
}

async function readText(path: string): Promise<string> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    checkKind(path, await file.stat());
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.readFile());
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
  if (!info.isFile()) {
    throw new CliError('matrix-not-a-file', 'this is not a file', {
      where: path,
      nextStep: 'Write the matrix to a file first.',
    });
  }
  if (info.size > MOST_BYTES) {
    throw new CliError('matrix-too-large', `the file has ${Math.round(info.size / 1e6)} MB; a matrix may have 20`, {
      where: path,
      nextStep: 'Say with axes what it says with a list, or make several matrices of it.',
    });
  }
}

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
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return new CliError('matrix-not-json', 'the file is not UTF-8 text', {
        where: path,
        nextStep: 'Save it as UTF-8.',
      });
    default:
      return typeof code === 'string' && !(error instanceof CliError)
        ? new CliError('matrix-unreadable', `the file cannot be read (${code})`, { where: path, cause: error })
        : error;
  }
}

function notJson(path: string, text: string, error: unknown): CliError {
  if (text.trim() === '') {
    return new CliError('matrix-not-json', 'the file is empty', {
      where: path,
      nextStep: 'examples/ has matrices to begin with.',
    });
  }
  const { line, column } = positionOfMistake(text);
  const atEnd = line === text.split('\n').length && column > (text.split('\n').at(-1) ?? '').length;
  return new CliError('matrix-not-json', 'this is not JSON', {
    where: `${path}:${line}:${column}`,
    excerpt: excerpt(text, line, column),
    nextStep: `${atEnd ? 'Something is still open at the end.' : 'Correct it where the mark is.'} JSON has no comments, no trailing commas, and double quotes only.`,
    cause: error,
  });
}

/** A long line is shown around the mistake. */
const SHOWN_BEFORE = 50;
const SHOWN_AFTER = 30;

function excerpt(text: string, line: number, column: number): string[] {
  const source = (text.split('\n')[line - 1] ?? '').replace(/[\t\r]/g, ' ');
  const from = Math.max(0, column - 1 - SHOWN_BEFORE);
  const shown = source.slice(from, column - 1 + SHOWN_AFTER);
  return [shown, `${' '.repeat(column - 1 - from)}^`];
}
