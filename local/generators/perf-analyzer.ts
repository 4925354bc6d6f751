import { constants } from 'node:fs';
import { access, readdir, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { runCommand } from './command.ts';

/** What decides whether perf_analyzer, the program that sends genai-perf's requests, runs on a machine. */
export interface System {
  platform: string;
  arch: string;
  /** `2.36`; undefined where the C library is another. */
  glibc: string | undefined;
  /** STEPBENCH_PERF_ANALYZER: one that somebody built for this machine. */
  ownPerfAnalyzer: string | undefined;
}

export type Fit = { runs: true } | { runs: false; why: string };

/** perf-analyzer 2.60.0 is published as manylinux_2_38 wheels for these two, and in no other form. */
const OLDEST_GLIBC = [2, 38] as const;
const ARCHITECTURES = ['x64', 'arm64'];

/** Asked of the system, not by starting the program to see it fail. */
export function thisSystem(environment: NodeJS.ProcessEnv = process.env): System {
  const { STEPBENCH_PERF_ANALYZER: own } = environment;
  return {
    platform: process.platform,
    arch: process.arch,
    glibc: glibcVersion(),
    ownPerfAnalyzer: own === '' ? undefined : own,
  };
}

function glibcVersion(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  // A report looks at every network interface otherwise, which may take seconds.
  Object.assign(process.report, { excludeNetwork: true });
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime;
}

export function perfAnalyzerFit({ platform, arch, glibc, ownPerfAnalyzer }: System): Fit {
  if (ownPerfAnalyzer !== undefined) return { runs: true };
  const needs = `its perf_analyzer needs Linux with glibc ${OLDEST_GLIBC.join('.')}`;
  if (platform !== 'linux') return { runs: false, why: `${needs}, and this is ${platform}` };
  if (!ARCHITECTURES.includes(arch)) return { runs: false, why: `its perf_analyzer is not published for ${arch}` };
  if (glibc === undefined) return { runs: false, why: `${needs}, and this system has another C library` };
  const [major = 0, minor = 0] = glibc.split('.').map(Number);
  const isOlder = major < OLDEST_GLIBC[0] || (major === OLDEST_GLIBC[0] && minor < OLDEST_GLIBC[1]);
  return isOlder ? { runs: false, why: `${needs}, and this system has ${glibc}` } : { runs: true };
}

/** @throws StepBenchError GeneratorFailed when what was named is no perf_analyzer that starts here. */
export async function checkOwnPerfAnalyzer(path: string): Promise<void> {
  const said = await access(path, constants.X_OK).then(
    async () => runCommand(path, ['--version'], { timeoutSeconds: 20 }),
    (error: Error) => ({ code: null, stderr: error.message }),
  );
  const why =
    basename(path) !== 'perf_analyzer'
      ? 'genai-perf looks for the name perf_analyzer'
      : said.code !== 0
        ? (said.stderr.trim().split('\n').at(-1) ?? '')
        : undefined;
  if (why === undefined) return;
  throw new StepBenchError(
    ErrorName.GeneratorFailed,
    `STEPBENCH_PERF_ANALYZER names ${path}, which cannot be used: ${why}.`,
    { nextStep: 'Name a perf_analyzer that runs on this machine, or leave the variable out.' },
  );
}

/**
 * The wheel's own `perf_analyzer` is a Python script that starts the program and always ends with 0: a failed
 * run would look like a good one, and there would be one process more to end.
 */
export async function exposePerfAnalyzer(venv: string): Promise<void> {
  const program = (await readdir(join(venv, 'lib'))).map((python) =>
    join('..', 'lib', python, 'site-packages', 'perf_analyzer', 'bin', 'perf_analyzer'),
  )[0];
  if (program === undefined) throw new Error(`${venv} has no packages`);
  const link = join(venv, 'bin', 'perf_analyzer');
  await rm(link, { force: true });
  await symlink(program, link);
}
