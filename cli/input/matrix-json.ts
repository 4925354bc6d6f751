import { show } from '#core/matrix/problems.ts';
import { CliError } from '../errors.ts';
import { type JsonMistake, type JsonText, readJsonText, TooDeepError } from './json-text.ts';

/**
 * What a file says in JSON, with the fields that it says more than once.
 * @throws CliError that says where it stops being JSON, and shows the place.
 */
export function jsonOf(path: string, text: string): JsonText {
  const read = parsed(path, text);
  if ('mistake' in read) throw notJson(path, text, read.mistake);
  return read;
}

function parsed(path: string, text: string): ReturnType<typeof readJsonText> {
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
