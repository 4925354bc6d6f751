/** Counts tokens as gpt-oss and the load generators' tokenizers do: o200k_base. */
export interface Tokenizer {
  count(text: string): number;
  encode(text: string): number[];
}

let loading: Promise<Tokenizer> | undefined;

/** Its ranks take about a quarter of a second and 60 MB: loaded while the engine starts, once a process. */
export function loadTokenizer(): Promise<Tokenizer> {
  loading ??= import('gpt-tokenizer/encoding/o200k_base').then(({ countTokens, encode }) => ({
    // A prompt may spell out a special token: it is text, not an error.
    count: (text) => countTokens(text, { disallowedSpecial: new Set() }),
    encode: (text) => encode(text, { disallowedSpecial: new Set() }),
  }));
  return loading;
}
