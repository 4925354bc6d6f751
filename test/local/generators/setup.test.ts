import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AIPERF_VERSION } from '#core/generators/aiperf/aiperf.ts';
import { cacheDirectory } from '#local/generators/cache-directory.ts';
import { placeTokenizer } from '#local/generators/tiktoken-cache.ts';

describe('the cache', () => {
  it.each<[string, NodeJS.ProcessEnv, NodeJS.Platform, string]>([
    ['Linux', {}, 'linux', join(homedir(), '.cache', 'stepbench')],
    ['macOS', {}, 'darwin', join(homedir(), 'Library', 'Caches', 'stepbench')],
    ['a machine with XDG_CACHE_HOME', { XDG_CACHE_HOME: '/var/c' }, 'darwin', '/var/c/stepbench'],
    ['anywhere it was named', { STEPBENCH_CACHE: '/big', XDG_CACHE_HOME: '/var/c' }, 'linux', '/big'],
    [
      'a machine with empty variables',
      { STEPBENCH_CACHE: '', XDG_CACHE_HOME: '' },
      'linux',
      join(homedir(), '.cache', 'stepbench'),
    ],
  ])('is where %s has it', (_, environment, platform, folder) => {
    expect(cacheDirectory(environment, platform)).toBe(folder);
  });
});

it("places the tokenizer under tiktoken's name for it, as tiktoken expects it", async () => {
  const parent = await mkdtemp(join(tmpdir(), 'stepbench-tokenizer-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  const folder = join(parent, 'tiktoken');
  await placeTokenizer(folder);
  const [name] = await readdir(folder);
  const url = 'https://openaipublic.blob.core.windows.net/encodings/o200k_base.tiktoken';
  expect(name).toBe(createHash('sha1').update(url).digest('hex'));
  expect(
    createHash('sha256')
      .update(await readFile(join(folder, name ?? '')))
      .digest('hex'),
  ).toBe('446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d');
});

describe('the locked requirements', () => {
  const read = (name: string) =>
    readFile(join(import.meta.dirname, '../../../local/generators/requirements', name), 'utf8');

  it.each(['aiperf.txt', 'genai-perf.txt', 'perf-analyzer.txt', 'uv.txt'])(
    'of %s are pinned and hashed, and name no index',
    async (name) => {
      const text = await read(name);
      expect(text).not.toMatch(/:\/\//);
      const entries = text.replaceAll(/^#.*\n/gm, '').split(/\n(?=\S)/);
      for (const entry of entries)
        expect(entry).toMatch(/^[\w.-]+==\S+ (; [^\n]+ )?\\\n( +--hash=sha256:[0-9a-f]{64}( \\)?\n?)+$/);
    },
  );

  it('are of the version that the image in AWS has', async () => {
    expect(await read('aiperf.txt')).toContain(`\naiperf==${AIPERF_VERSION} \\`);
  });
});
