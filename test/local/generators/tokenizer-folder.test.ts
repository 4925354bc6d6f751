import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTokenizerFolder } from '#local/generators/tokenizer-folder.ts';

let folder: string;
let model: { vocab: Record<string, number>; merges: string[] };
let split: RegExp;
let order: Map<string, number>;
let byteOf: Map<number, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepbench-tokenizer-'));
  await writeTokenizerFolder(folder);
  const document = JSON.parse(await readFile(join(folder, 'tokenizer.json'), 'utf8'));
  ({ model } = document);
  order = new Map(model.merges.map((merge, at) => [merge, at]));
  const alphabet = Object.keys(model.vocab).filter((token) => token.length === 1);
  byteOf = new Map(alphabet.map((token) => [byteAlphabet(token), token]));
  split = new RegExp(document.pre_tokenizer.pretokenizers[0].pattern.Regex, 'gu');
});
afterAll(() => rm(folder, { recursive: true }));

/** Byte-pair merging as Hugging Face's tokenizers do it: the earliest merge in the list first, the leftmost of these. */
function tokenize(text: string): number[] {
  return (text.match(split) ?? []).flatMap((word) => {
    const parts = [...Buffer.from(word)].map((byte) => byteOf.get(byte) ?? '?');
    for (;;) {
      let best = { at: -1, rank: Number.POSITIVE_INFINITY };
      for (let at = 0; at + 1 < parts.length; at += 1) {
        const rank = order.get(`${parts[at]} ${parts[at + 1]}`) ?? Number.POSITIVE_INFINITY;
        if (rank < best.rank) best = { at, rank };
      }
      if (best.at < 0) return parts.map((part) => model.vocab[part] ?? -1);
      parts.splice(best.at, 2, `${parts[best.at]}${parts[best.at + 1]}`);
    }
  });
}

/** The byte of a character of GPT-2's alphabet, which shows every byte as something that can be seen. */
function byteAlphabet(character: string): number {
  const code = character.charCodeAt(0);
  if (code < 0x100) return code;
  const hidden = [...Array(0x21).keys(), ...Array.from({ length: 0x22 }, (_, at) => 0x7f + at), 0xad];
  return hidden[code - 0x100] ?? -1;
}

describe('the folder of o200k_base', () => {
  it('has what makes the hub needless', async () => {
    expect((await readdir(folder)).toSorted()).toEqual(['config.json', 'tokenizer.json', 'tokenizer_config.json']);
    expect(Object.keys(model.vocab)).toHaveLength(199_998);
  });

  it.each([
    'Hello world, this is how it counts.',
    "I'll say it's DON'T, we'VE 1234567 times;\n\n\t  spaced   out \r\n",
    'naïve café Ünïcode ΑΒΓ привет 日本語のトークン 한국어',
    '🤖 emoji 👩‍👩‍👧‍👦 family',
    'CamelCaseWordsAndHTTPRequests/in/paths?x=1&y=2 {"json": [1, 2.5, null]}',
  ])('counts %j as the engine does', (text) => {
    expect(tokenize(text)).toEqual(encode(text));
  });
});
