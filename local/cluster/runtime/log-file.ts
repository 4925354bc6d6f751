import { closeSync, existsSync, fstatSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';

/** Of one file; a log is at most two of them. */
const LIMIT_BYTES = 5 * 1024 * 1024;

const previous = (path: string): string => `${path}.1`;

/** A log that cannot fill the disk: when the file is full the one before it goes. */
export class LogFile {
  readonly #path: string;
  #file: number;
  #bytes: number;

  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, 'a');
    this.#bytes = fstatSync(this.#file).size;
  }

  write(data: Uint8Array): void {
    try {
      if (this.#bytes > 0 && this.#bytes + data.length > LIMIT_BYTES) this.#rotate();
      writeSync(this.#file, data);
      this.#bytes += data.length;
    } catch {
      // A full disk must not end the container.
    }
  }

  #rotate(): void {
    closeSync(this.#file);
    renameSync(this.#path, previous(this.#path));
    this.#file = openSync(this.#path, 'a');
    this.#bytes = 0;
  }
}

/** The last lines of a log; empty when there is none. */
export function tailOf(path: string, lines: number): string {
  const text = [previous(path), path]
    .filter(existsSync)
    .map((file) => readFileSync(file, 'utf8'))
    .join('');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
