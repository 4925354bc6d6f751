import { ErrorName, StepBenchError } from '../workflow/errors.ts';

/**
 * Characters: far above any record of one request (a record has some 30 for each token), far below what a process of a
 * Lambda can hold.
 */
export const LONGEST_LINE = 16 * 1024 * 1024;

export const neverEnds = (name: string, longest: number): StepBenchError =>
  new StepBenchError(
    ErrorName.ArtifactsInvalid,
    `${name} has a line of more than ${Math.round(longest / 1024 / 1024)} MiB, which is no record of a request.`,
    { nextStep: 'Look at the file among the artifacts: it is damaged, or something else wrote it.' },
  );

/**
 * Lines of a byte stream, of which no more than one is held at a time.
 * @throws StepBenchError ArtifactsInvalid for one that never ends.
 */
export async function* lines(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  longest = LONGEST_LINE,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > longest) throw neverEnds(name, longest);
    yield* parts;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
