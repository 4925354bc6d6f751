/** Where a sentence begins, the first one aside. */
const SENTENCE = /[.!?] (?=\S)/g;

/** The ends of a text that begin with one of its sentences, the longest first. */
const endsOf = (text: string): string[] => [...text.matchAll(SENTENCE)].map(({ index }) => text.slice(index + 2));

/**
 * Warnings as people are told them: each once, and of those that end in the same sentences, as in what to do about a
 * full disk, these with the first one only.
 */
export function toldOnce(warnings: readonly string[]): string[] {
  const said = new Set<string>();
  return [...new Set(warnings)].map((warning) => {
    const ends = endsOf(warning);
    const again = ends.find((end) => said.has(end));
    for (const end of ends) said.add(end);
    return again === undefined ? warning : warning.slice(0, -again.length).trimEnd();
  });
}
