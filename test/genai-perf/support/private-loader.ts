import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildOnce } from '#local/generators/build-once.ts';
import { cacheDirectory } from '#local/generators/cache-directory.ts';
import { type CommandResult, runCommand } from '#local/generators/command.ts';
import { requirementFile } from '#local/generators/installations.ts';
import { perfAnalyzerFit, thisSystem } from '#local/generators/perf-analyzer.ts';
import { findPython } from '#local/generators/python.ts';

/** The first Debian whose C library perf_analyzer starts with. */
const SUITE = 'trixie';
const PACKAGES = ['libc6', 'libstdc++6', 'libgcc-s1'];
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** By Node's name of the architecture. */
const TARGETS: Record<string, { wheel: string; libraries: string; loader: string }> = {
  x64: {
    wheel: 'manylinux_2_38_x86_64',
    libraries: 'usr/lib/x86_64-linux-gnu',
    loader: 'usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2',
  },
  arm64: {
    wheel: 'manylinux_2_38_aarch64',
    libraries: 'usr/lib/aarch64-linux-gnu',
    loader: 'usr/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1',
  },
};

/**
 * The environment in which genai-perf runs on this machine: as it is where perf_analyzer's wheel runs, else, on
 * an older Debian, with the wheel's program under the C library of a newer one, unpacked into a folder of its
 * own in the cache (25 MB). For tests only: what people measure with should run as it was published.
 */
export async function withPerfAnalyzer(environment: NodeJS.ProcessEnv = process.env): Promise<NodeJS.ProcessEnv> {
  if (perfAnalyzerFit(thisSystem(environment)).runs) return environment;
  const target = TARGETS[process.arch];
  if (process.platform !== 'linux' || target === undefined)
    throw new Error('perf_analyzer is not published for this machine');
  const pins = await readFile(requirementFile('perf-analyzer.txt'));
  const hash = createHash('sha256').update(pins).update(`${SUITE} ${process.arch}`).digest('hex').slice(0, 16);
  const folder = join(cacheDirectory(environment), 'test-support', `perf-analyzer-${hash}`);
  await buildOnce(folder, {
    onWait: () => {},
    build: async (part) => {
      await Promise.all([unpackWheel(part, target.wheel), unpackLibraries(part)]);
      const at = (path: string) => `"$here/${path}"`;
      const script = `#!/bin/sh
here=$(dirname "$(realpath "$0")")
exec ${at(`root/${target.loader}`)} --library-path ${at(`root/${target.libraries}`)} ${at('wheel/perf_analyzer/bin/perf_analyzer')} "$@"
`;
      await writeFile(join(part, 'perf_analyzer'), script);
      await chmod(join(part, 'perf_analyzer'), 0o755);
    },
  });
  return { ...environment, STEPBENCH_PERF_ANALYZER: join(folder, 'perf_analyzer') };
}

async function unpackWheel(folder: string, platform: string): Promise<void> {
  const { path: python } = await findPython();
  const [downloads, wheel] = [join(folder, 'downloads'), join(folder, 'wheel')];
  await run(python, [
    ...['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--platform', platform],
    ...['--require-hashes', '-r', requirementFile('perf-analyzer.txt'), '--dest', downloads],
  ]);
  for (const name of await readdir(downloads)) {
    await run(python, ['-m', 'zipfile', '-e', join(downloads, name), wheel]);
  }
  await chmod(join(wheel, 'perf_analyzer', 'bin', 'perf_analyzer'), 0o755);
  await rm(downloads, { recursive: true });
}

/** From the mirror that this machine's own apt asks, with nothing of its state touched. */
async function unpackLibraries(folder: string): Promise<void> {
  const apt = join(folder, 'apt');
  for (const name of ['lists/partial', 'cache/archives/partial', 'debs'])
    await mkdir(join(apt, name), { recursive: true });
  const sources = join(apt, 'newer.sources');
  await writeFile(
    sources,
    `Types: deb\nURIs: ${await debianMirror()}\nSuites: ${SUITE}\nComponents: main\nSigned-By: ${KEYRING}\n`,
  );
  const options = Object.entries({
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': join(apt, 'lists'),
    'Dir::Cache': join(apt, 'cache'),
    'APT::Sandbox::User': 'root',
  }).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  await run('apt-get', [...options, 'update']);
  await run('sh', [
    '-c',
    'cd "$1" && shift && exec apt-get "$@"',
    'sh',
    join(apt, 'debs'),
    ...options,
    'download',
    ...PACKAGES,
  ]);
  for (const name of await readdir(join(apt, 'debs'))) {
    await run('dpkg-deb', ['-x', join(apt, 'debs', name), join(folder, 'root')]);
  }
  await rm(apt, { recursive: true });
}

/** A release of Debian itself: neither its updates nor another archive beside it. */
async function debianMirror(): Promise<string> {
  const { stdout } = await run('apt-get', ['indextargets', '--format', '$(REPO_URI) $(RELEASE) $(COMPONENT)']);
  const known = /^(\S+) (bullseye|bookworm|oldoldstable|oldstable|stable) main$/m.exec(stdout);
  if (known?.[1] === undefined) throw new Error('apt of this machine knows no mirror of Debian');
  return known[1];
}

async function run(command: string, args: readonly string[]): Promise<CommandResult> {
  const result = await runCommand(command, args, { timeoutSeconds: 600 });
  if (result.code !== 0)
    throw new Error(`${command} ${args[0]} ended with ${result.code}: ${result.stderr.slice(-1000)}`);
  return result;
}
