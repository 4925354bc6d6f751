import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MODULE = fileURLToPath(new URL('../peer/', import.meta.url));

/** What /version answers; without it every version check sees v0.0.0. */
const KUBERNETES = '1.36.3';

/** Two at a time: the linker alone takes 2.6 GB. */
const JOBS = '2';

const version = 'k8s.io/component-base/version';
const [major, minor] = KUBERNETES.split('.');
const FLAGS = [
  '-trimpath',
  '-buildvcs=false',
  '-ldflags',
  `-s -w -X ${version}.gitVersion=v${KUBERNETES} -X ${version}.gitMajor=${major} -X ${version}.gitMinor=${minor}`,
];

/**
 * The binary of test/kubernetes/peer, built once for each state of its files and kept outside the repository. The
 * first build downloads 640 MB and takes ten to twenty minutes on two cores.
 * @param say told what takes long
 */
export async function peerBinary(say: (message: string) => void = () => {}): Promise<string> {
  const folder = join(cacheFolder(), await fingerprint());
  const binary = join(folder, 'peer');
  if (await exists(binary)) return binary;
  await mkdir(folder, { recursive: true });
  const unfinished = join(folder, `unfinished-${process.pid}`);
  say(`building ${MODULE} into ${folder}: ten to twenty minutes, once`);
  const startedMs = performance.now();
  await goBuild(['-p', JOBS, ...FLAGS, '-o', unfinished, '.']);
  // Whoever else has built it meanwhile has built the same.
  await rename(unfinished, binary);
  say(`built in ${Math.round((performance.now() - startedMs) / 1000)} s`);
  return binary;
}

const cacheFolder = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'stepbench', 'kubernetes-peer');

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([FLAGS, process.platform, process.arch]));
  for (const name of (await readdir(MODULE)).sort()) hash.update(`\n${name}\n`).update(await readFile(MODULE + name));
  return hash.digest('hex').slice(0, 16);
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const NO_GO =
  'The Kubernetes tier needs Go 1.26.6 or later on the PATH to build its cluster: https://go.dev/doc/install. Everything else it downloads by itself.';

function goBuild(args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('go', ['build', ...args], {
      cwd: MODULE,
      env: { ...process.env, CGO_ENABLED: '0' },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? new Error(NO_GO, { cause: error }) : error),
    );
    child.on('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(signal === null ? `go build failed, and said why. ${NO_GO}` : `${signal} ended go build.`));
    });
  });
}
