import type { Paint } from './paint.ts';

/** One of the streams that a person, or a program, reads. */
export interface Terminal {
  write(text: string): void;
  readonly isTTY: boolean;
  /** For a library that draws on it itself. */
  readonly stream: NodeJS.WritableStream;
  /** Columns to write in, as they are now. */
  width(): number;
  height(): number;
  readonly paint: Paint;
}

/** What a pipe or a file gets, that has no width of its own. */
const DEFAULT_WIDTH = 100;
const DEFAULT_HEIGHT = 24;

export const writeLines = (terminal: Terminal, lines: readonly string[]): void => {
  if (lines.length > 0) terminal.write(`${lines.join('\n')}\n`);
};

export const terminalOf = (stream: NodeJS.WriteStream, paint: Paint): Terminal => ({
  write: (text) => {
    stream.write(text);
  },
  isTTY: stream.isTTY === true,
  stream,
  width: () => stream.columns ?? DEFAULT_WIDTH,
  height: () => stream.rows ?? DEFAULT_HEIGHT,
  paint,
});
