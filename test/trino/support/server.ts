import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { assembleTrino } from './assemble.ts';
import { findJavaHome } from './java-home.ts';

const START_SECONDS = 180;

export interface TrinoServer {
  url: string;
  /** What the catalog's `local:///` is. */
  dataFolder: string;
  stop(): Promise<void>;
}

/** A Trino of one node, on the loopback interface only, with a hive catalog over files. */
export async function startTrino(): Promise<TrinoServer> {
  const javaHome = await findJavaHome();
  const assembly = await assembleTrino(javaHome);
  const folder = await mkdtemp(join(tmpdir(), 'stepbench-trino-'));
  const dataFolder = join(folder, 'data');
  const port = await freePort();
  await configure(folder, dataFolder, port);
  const log = join(folder, 'log');
  const child = spawn(
    'sh',
    ['-c', 'exec "$@" >"$0" 2>&1', log, join(javaHome, 'bin', 'java'), ...javaArguments(assembly)],
    {
      cwd: folder,
      // It ends when this end of the pipe does, however this process ends.
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`Trino ended while it started:\n${await tailOf(log)}`);
      return isUp(url);
    });
  } catch (error) {
    const said = await tailOf(log);
    await stop();
    throw new Error(`Trino did not start: ${error instanceof Error ? error.message : error}\n${said}`);
  }
  return { url, dataFolder, stop };
}

async function configure(folder: string, dataFolder: string, port: number): Promise<void> {
  for (const name of ['catalog', 'node', 'secrets']) await mkdir(join(folder, name));
  await mkdir(dataFolder);
  const properties = (values: Record<string, string | number>) =>
    `${Object.entries(values)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n')}\n`;
  await writeFile(
    join(folder, 'config.properties'),
    properties({
      coordinator: 'true',
      'node-scheduler.include-coordinator': 'true',
      'http-server.http.port': port,
      'discovery.uri': `http://127.0.0.1:${port}`,
      'query.max-memory': '400MB',
      'query.max-memory-per-node': '400MB',
      'memory.heap-headroom-per-node': '200MB',
      'catalog.management': 'static',
    }),
  );
  await writeFile(join(folder, 'log.properties'), properties({ 'io.trino': 'WARN' }));
  await writeFile(
    join(folder, 'catalog', 'hive.properties'),
    properties({
      'connector.name': 'hive',
      'hive.metastore': 'file',
      'hive.metastore.catalog.dir': 'local:///metastore',
      'fs.native-local.enabled': 'true',
      'local.location': dataFolder,
      'hive.parquet.time-zone': 'UTC',
      'hive.security': 'allow-all',
      'hive.partition-projection-enabled': 'true',
      'hive.ignore-absent-partitions': 'true',
    }),
  );
}

const javaArguments = (assembly: string): string[] => [
  ...['-Xmx1G', '-XX:+UseSerialGC', '-XX:ReservedCodeCacheSize=256M', '-Duser.timezone=UTC'],
  ...['-Djdk.attach.allowAttachSelf=true', '--add-modules=jdk.incubator.vector'],
  ...['--sun-misc-unsafe-memory-access=allow', '--enable-native-access=ALL-UNNAMED'],
  ...['-Dnode.environment=test', '-Dnode.id=one', '-Dnode.bind-ip=127.0.0.1', '-Dnode.internal-address=127.0.0.1'],
  ...['-Dnode.data-dir=node', '-Dconfig=config.properties', '-Dlog.levels-file=log.properties'],
  ...['-Dcatalog.config-dir=catalog', '-Dsecrets-plugin.dir=secrets', `-Dplugin.dir=${join(assembly, 'plugin')}`],
  ...['-cp', `${join(assembly, 'classes')}:${join(assembly, 'lib', '*')}`, 'Launcher'],
];

async function isUp(url: string): Promise<boolean> {
  const response = await fetch(`${url}/v1/info`).catch(() => undefined);
  if (response?.ok !== true) return false;
  const info = (await response.json()) as { starting: boolean };
  return !info.starting;
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + START_SECONDS * 1000;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error(`it was not up after ${START_SECONDS} s`);
    await sleep(250);
  }
}

const tailOf = async (log: string): Promise<string> => (await readFile(log, 'utf8').catch(() => '')).slice(-4000);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port to be had');
  return address.port;
}
