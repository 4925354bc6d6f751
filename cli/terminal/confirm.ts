import { createInterface } from 'node:readline/promises';

/** Asks on stderr: stdout is for what was asked for. Undefined when there is no terminal, so nobody to answer. */
export async function confirm(question: string): Promise<boolean | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = Promise.withResolvers<string>();
  // Ctrl-C and Ctrl-D close it without an answer.
  terminal.once('close', () => closed.resolve(''));
  try {
    const answer = await Promise.race([terminal.question(`${question} [y/N] `), closed.promise]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
