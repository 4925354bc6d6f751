import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildOnce } from '#local/generators/build-once.ts';
import { cacheDirectory } from '#local/generators/cache-directory.ts';
import { runCommand } from '#local/generators/command.ts';

const ASSEMBLY = join(import.meta.dirname, 'assembly');
const FILES = ['pom-server.xml', 'pom-hive.xml', 'Launcher.java'];

/** A plugin is found by what its services file names. */
const PLUGIN_SERVICE = 'META-INF/services/io.trino.spi.Plugin';

/**
 * A Trino with its hive connector, put together of what Maven Central has: about 290 MB to download, two minutes,
 * once. Kept in the user's cache under a hash of what it is made of.
 * @returns its folder.
 */
export async function assembleTrino(javaHome: string): Promise<string> {
  const hash = createHash('sha256').update(javaHome);
  for (const file of FILES) hash.update(await readFile(join(ASSEMBLY, file)));
  const folder = join(cacheDirectory(), 'test-support', `trino-476-${hash.digest('hex').slice(0, 12)}`);
  await buildOnce(folder, {
    build: async (part) => {
      await copyDependencies('pom-server.xml', join(part, 'lib'));
      await copyDependencies('pom-hive.xml', join(part, 'plugin', 'hive'), '-DexcludeArtifactIds=trino-spi');
      await mkdir(join(part, 'service', 'META-INF', 'services'), { recursive: true });
      await writeFile(join(part, 'service', PLUGIN_SERVICE), 'io.trino.plugin.hive.HivePlugin\n');
      const services = join(part, 'plugin', 'hive', 'services.jar');
      await run(join(javaHome, 'bin', 'jar'), ['cf', services, '-C', join(part, 'service'), 'META-INF']);
      const launcher = join(ASSEMBLY, 'Launcher.java');
      await run(join(javaHome, 'bin', 'javac'), ['-cp', join(part, 'lib', '*'), '-d', join(part, 'classes'), launcher]);
    },
    onWait: () => console.log('another process is putting the same Trino together'),
  });
  return folder;
}

/** `-C`: a file whose checksum is not the registry's fails the build. */
const copyDependencies = (pom: string, into: string, ...more: string[]) =>
  run('mvn', [
    ...['-q', '-B', '-C', '-f', join(ASSEMBLY, pom), 'dependency:copy-dependencies'],
    ...[`-DoutputDirectory=${into}`, '-DincludeScope=runtime', ...more],
  ]);

async function run(command: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await runCommand(command, args, { timeoutSeconds: 900 });
  if (code !== 0)
    throw new Error(`${command} ended with ${code ?? 'a signal'}:\n${stdout.slice(-2000)}${stderr.slice(-2000)}`);
}
