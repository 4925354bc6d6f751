import { delimiter, dirname, join } from 'node:path';
import type { GeneratorName } from '#core/plan/types.ts';
import { buildOnce } from './build-once.ts';
import { cacheDirectory } from './cache-directory.ts';
import { runCommand } from './command.ts';
import { brokenError, fileError, installError } from './install-errors.ts';
import { environmentFolder, type Installation, installationOf, requirementFile } from './installations.ts';
import { checkOwnPerfAnalyzer, exposePerfAnalyzer, thisSystem } from './perf-analyzer.ts';
import { findPython, type Python } from './python.ts';
import { whyNotStarting } from './starts.ts';
import { ensureUv, executable } from './uv.ts';

export interface InstalledGenerator {
  name: GeneratorName;
  /** The generator's executable, and the Python it runs in. */
  bin: string;
  python: string;
  /** To be laid over the environment of its process: PATH finds the generator and `python3`. */
  env: Record<string, string>;
  /** o200k_base as a folder, for a generator that would ask the hub for a tokenizer. */
  tokenizerFolder?: string;
}

interface EnsureOptions {
  name: GeneratorName;
  cacheDir?: string;
  onProgress?: (message: string) => void;
  environment?: NodeJS.ProcessEnv;
}

const INSTALL_SECONDS = 1800;

/**
 * The load generator in an environment of its own, outside the project, made at first use from a hash-locked
 * list and kept. Its name has the hash of that list and the Python's version, so a change of either makes
 * another. One that is there and no longer starts is made again.
 * @throws StepBenchError GeneratorFailed with the next step: no Python, no network, a full disk.
 */
export async function ensureGenerator(options: EnsureOptions): Promise<InstalledGenerator> {
  const { name, cacheDir = cacheDirectory(), onProgress = () => {}, environment = process.env } = options;
  const { ownPerfAnalyzer } = thisSystem(environment);
  if (name === 'genai-perf' && ownPerfAnalyzer !== undefined) await checkOwnPerfAnalyzer(ownPerfAnalyzer);
  const installation = installationOf(name, ownPerfAnalyzer !== undefined);
  const python = await findPython();
  const target = await environmentFolder(cacheDir, python, installation);
  const program = executable(join(target, 'venv'), installation.program);
  let broken: string | undefined;
  try {
    await buildOnce(target, {
      onWait: () => onProgress(`Waiting for another StepBench that installs ${installation.title}`),
      isUsable: async () => {
        broken = await whyNotStarting(program);
        return broken === undefined;
      },
      build: async (folder) => {
        if (broken !== undefined) onProgress(`${installation.title} in ${target} does not start: ${broken}`);
        await install(folder, installation, { cacheDir, python, onProgress });
      },
    });
  } catch (error) {
    throw brokenError(installation.title, target, broken, fileError(installation.title, error));
  }
  return installedIn(target, name, installation, ownPerfAnalyzer);
}

function installedIn(
  folder: string,
  name: GeneratorName,
  { program, tokenizer }: Installation,
  ownPerfAnalyzer: string | undefined,
): InstalledGenerator {
  const python = executable(join(folder, 'venv'), 'python');
  const bin = executable(join(folder, 'venv'), program);
  const path = (folders: string[]) => [...folders, process.env.PATH ?? ''].join(delimiter);
  if (name === 'aiperf') {
    return {
      name,
      bin,
      python,
      env: { PATH: path([dirname(python)]), TIKTOKEN_CACHE_DIR: join(folder, tokenizer) },
    };
  }
  const first = ownPerfAnalyzer === undefined ? [] : [dirname(ownPerfAnalyzer)];
  return {
    name,
    bin,
    python,
    env: { PATH: path([...first, dirname(python)]) },
    tokenizerFolder: join(folder, tokenizer),
  };
}

interface InstallContext {
  cacheDir: string;
  python: Python;
  onProgress: (message: string) => void;
}

async function install(
  folder: string,
  { title, requirements, size, tokenizer, buildTokenizer }: Installation,
  { cacheDir, python, onProgress }: InstallContext,
): Promise<void> {
  const uv = await ensureUv(cacheDir, python, onProgress);
  onProgress(`Installing ${title} for Python ${python.version} (${size}, once; kept in ${cacheDir})`);
  const venv = join(folder, 'venv');
  const environment = uvEnvironment(process.env);
  // Relocatable, because it is moved to its place when it is whole.
  const made = await runCommand(uv, ['venv', '--quiet', '--relocatable', '--python', python.path, venv], {
    timeoutSeconds: 120,
    environment,
  });
  if (made.code !== 0) throw installError(title, made);
  const files = requirements.flatMap((name) => ['-r', requirementFile(name)]);
  const installed = await runCommand(
    uv,
    ['pip', 'install', '--python', executable(venv, 'python'), '--no-deps', '--require-hashes', ...files],
    {
      timeoutSeconds: INSTALL_SECONDS,
      environment,
      onLine: (line) => {
        if (/^(Resolved|Downloading|Downloaded|Prepared|Installed|Building)\b/.test(line)) onProgress(line);
      },
    },
  );
  if (installed.code !== 0) throw installError(title, installed);
  if (requirements.includes('perf-analyzer.txt')) await exposePerfAnalyzer(venv);
  await buildTokenizer(join(folder, tokenizer));
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
