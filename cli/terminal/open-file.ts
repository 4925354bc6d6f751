import { spawn } from 'node:child_process';
import { CliError } from '../errors.ts';

/** What a platform opens a file with, as if it was clicked on. */
const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['explorer.exe'],
};

/** An opener that is still at it after so long has found its browser. */
const PATIENCE_MS = 3000;

/** @throws CliError when the machine has no opener, or it found nothing to open a page with. */
export async function openFile(path: string, platform: NodeJS.Platform = process.platform): Promise<void> {
  const [command, ...first] = OPENERS[platform] ?? ['xdg-open'];
  const failure = await new Promise<string | undefined>((resolve) => {
    // On its own: the browser goes on when this process is over.
    const opener = spawn(command, [...first, path], { detached: true, stdio: 'ignore' });
    const timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
    opener.once('error', () => resolve(`${command} is not on this machine`));
    // The Explorer ends with 1 when it has opened what it was to.
    opener.once('exit', (code) =>
      resolve(code === 0 || platform === 'win32' ? undefined : `${command} found no browser`),
    );
    opener.once('exit', () => clearTimeout(timer));
    opener.unref();
  });
  if (failure === undefined) return;
  throw new CliError('browser-missing', `the report is written, and could not be shown: ${failure}`, {
    where: path,
    nextStep: 'Open that file in a browser; it needs no server.',
  });
}
