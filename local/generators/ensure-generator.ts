import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { buildOnce } from './build-once.ts';
import { cacheDirectory } from './cache-directory.ts';
import { runCommand } from './command.ts';
import { fileError, installError } from './install-errors.ts';
import { findPython, type Python } from './python.ts';
import { placeTokenizer } from './tokenizer.ts';
import { ensureUv, executable } from './uv.ts';

export interface InstalledGenerator {
  /** The generator's executable, and the Python it runs in. */
  bin: string;
  python: string;
  /** To be laid over the environment of its process: PATH finds `aiperf` and `python3`, and its tokenizer is there. */
  env: Record<string, string>;
}

interface EnsureOptions {
  /** AIPerf is the one whose every part installs on a laptop. */
  name: 'aiperf';
  cacheDir?: string;
  onProgress?: (message: string) => void;
}

const REQUIREMENTS = join(import.meta.dirname, 'requirements', 'aiperf.txt');
const INSTALL_SECONDS = 1800;

/**
 * The load generator in an environment of its own, outside the project, made at first use from a hash-locked
 * list and kept. Its name has the hash of that list and the Python's version, so a change of either makes
 * another.
 * @throws StepBenchError GeneratorFailed with the next step: no Python, no network, a full disk.
 */
export async function ensureGenerator(options: EnsureOptions): Promise<InstalledGenerator> {
  const { cacheDir = cacheDirectory(), onProgress = () => {} } = options;
  const python = await findPython();
  const target = await environmentFolder(cacheDir, python);
  try {
    await buildOnce(target, {
      onWait: () => onProgress('Waiting for another StepBench that installs AIPerf'),
      build: (folder) => install(folder, cacheDir, python, onProgress),
    });
  } catch (error) {
    throw fileError('AIPerf', error);
  }
  return installedIn(target);
}

/** Where this machine's environment is, made or not. */
export async function environmentFolder(cacheDir: string, python: Python): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(REQUIREMENTS))
    .update(python.version);
  return join(cacheDir, 'generators', `aiperf-${hash.digest('hex').slice(0, 16)}`);
}

function installedIn(folder: string): InstalledGenerator {
  const python = executable(join(folder, 'venv'), 'python');
  return {
    bin: executable(join(folder, 'venv'), 'aiperf'),
    python,
    env: {
      PATH: `${dirname(python)}${delimiter}${process.env.PATH ?? ''}`,
      TIKTOKEN_CACHE_DIR: join(folder, 'tiktoken'),
    },
  };
}

async function install(
  folder: string,
  cacheDir: string,
  python: Python,
  onProgress: (message: string) => void,
): Promise<void> {
  const uv = await ensureUv(cacheDir, python, onProgress);
  onProgress(`Installing AIPerf for Python ${python.version} (1 GB, once; kept in ${cacheDir})`);
  const venv = join(folder, 'venv');
  const environment = uvEnvironment(process.env);
  // Relocatable, because it is moved to its place when it is whole.
  const made = await runCommand(uv, ['venv', '--quiet', '--relocatable', '--python', python.path, venv], {
    timeoutSeconds: 120,
    environment,
  });
  if (made.code !== 0) throw installError('AIPerf', made);
  const installed = await runCommand(
    uv,
    ['pip', 'install', '--python', executable(venv, 'python'), '--require-hashes', '-r', REQUIREMENTS],
    {
      timeoutSeconds: INSTALL_SECONDS,
      environment,
      onLine: (line) => {
        if (/^(Resolved|Downloading|Downloaded|Prepared|Installed|Building)\b/.test(line)) onProgress(line);
      },
    },
  );
  if (installed.code !== 0) throw installError('AIPerf', installed);
  await placeTokenizer(join(folder, 'tiktoken'));
}

/** No Python from elsewhere than this machine; and an index that was named for pip is meant for uv too. */
function uvEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PIP_INDEX_URL, PIP_CERT, UV_DEFAULT_INDEX = PIP_INDEX_URL, SSL_CERT_FILE = PIP_CERT } = environment;
  return {
    ...environment,
    UV_PYTHON_DOWNLOADS: 'never',
    NO_COLOR: '1',
    ...(UV_DEFAULT_INDEX === undefined ? {} : { UV_DEFAULT_INDEX }),
    ...(SSL_CERT_FILE === undefined ? {} : { SSL_CERT_FILE }),
  };
}
