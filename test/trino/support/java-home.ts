import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '#local/generators/command.ts';

/** What Trino 476 was built for. */
const LEAST_JAVA = 24;

const FOLDERS_OF_JDKS = ['/usr/lib/jvm', '/opt/java', '/Library/Java/JavaVirtualMachines'];

/** The home of a JDK that is new enough: $JAVA_HOME, or one where systems keep theirs. */
export async function findJavaHome(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const homes = environment.JAVA_HOME === undefined ? [] : [environment.JAVA_HOME];
  for (const folder of FOLDERS_OF_JDKS) {
    const names = await readdir(folder).catch(() => []);
    homes.push(...names.sort().flatMap((name) => [join(folder, name), join(folder, name, 'Contents', 'Home')]));
  }
  for (const home of homes) if ((await compilerVersion(home)) >= LEAST_JAVA) return home;
  throw new Error(
    `These tests run a Trino, which needs a JDK ${LEAST_JAVA} or newer: point JAVA_HOME to one (Eclipse Temurin 25 does).`,
  );
}

/** 0 where there is no compiler. */
async function compilerVersion(home: string): Promise<number> {
  const compiler = join(home, 'bin', 'javac');
  const isThere = await access(compiler).then(
    () => true,
    () => false,
  );
  if (!isThere) return 0;
  const { stdout } = await runCommand(compiler, ['-version'], { timeoutSeconds: 20 });
  return Number(/javac (\d+)/.exec(stdout)?.[1] ?? 0);
}
