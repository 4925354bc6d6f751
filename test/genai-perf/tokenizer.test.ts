import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureGenerator, type InstalledGenerator } from '#local/generators/ensure-generator.ts';
import { withPerfAnalyzer } from './support/private-loader.ts';

/** As genai-perf opens a tokenizer and encodes: lines of JSON strings to lines of JSON lists. */
const ENCODE = `
import json, sys
from transformers import AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
for line in open(sys.argv[2], encoding="utf-8"):
    print(json.dumps(tokenizer.encode(json.loads(line), add_special_tokens=False)))
`;

/** Space to JavaScript's expressions and not to Unicode, or the other way round: the engine's library is off here. */
const SPACE_IN_ONE = /[\ufeff\u0085]/;

let generator: InstalledGenerator;
let folder: string;

beforeAll(async () => {
  generator = await ensureGenerator({ name: 'genai-perf', environment: await withPerfAnalyzer() });
  folder = await mkdtemp(join(tmpdir(), 'stepbench-tokenizer-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('the tokenizer of this machine counts as the engine does, in the library that genai-perf counts with', async () => {
  const root = join(import.meta.dirname, '..', '..');
  const documents = ['README.md', 'docs/matrix.md', 'docs/architecture.md', 'statemachines/benchmark.asl.json'];
  const texts = [
    ...(await Promise.all(documents.map((name) => readFile(join(root, name), 'utf8')))),
    "I'LL say it's DON'T\r\n\r\n  \t x  12345678",
    'naïve Ünïcode ΑΒΓ привет 日本語のトークン 한국어 العربية हिन्दी ไทย',
    '🤖 👩‍👩‍👧‍👦 \u200b',
    ...fc.sample(fc.string({ unit: 'binary', maxLength: 60 }), { numRuns: 2000, seed: 1 }),
    ...fc.sample(fc.string({ unit: 'grapheme', maxLength: 60 }), { numRuns: 2000, seed: 2 }),
    ...fc.sample(fc.lorem({ maxCount: 40 }), { numRuns: 500, seed: 3 }),
  ].filter((text) => !SPACE_IN_ONE.test(text));
  const file = join(folder, 'texts.jsonl');
  await writeFile(file, texts.map((text) => `${JSON.stringify(text)}\n`).join(''));
  const counted = execFileSync(generator.python, ['-I', '-c', ENCODE, generator.tokenizerFolder ?? '', file], {
    encoding: 'utf8',
    maxBuffer: 1e9,
    env: { ...generator.env, HF_HUB_OFFLINE: '1', TRANSFORMERS_OFFLINE: '1' },
  })
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as number[]);
  expect(counted).toHaveLength(texts.length);
  const different = texts.filter((text, at) => JSON.stringify(encode(text)) !== JSON.stringify(counted[at]));
  expect(different).toEqual([]);
  console.info(`${counted.reduce((sum, { length }) => sum + length, 0)} tokens compared`);
});
