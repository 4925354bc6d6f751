#!/usr/bin/env node
// Plain JavaScript in the syntax of old Nodes: it must be able to say that a Node is too old.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** The first Node that runs TypeScript as it is. */
const [major, minor] = process.versions.node.split('.').map(Number);
const runsTypeScript = major > 22 || (major === 22 && minor >= 18);

if (runsTypeScript) {
  await import('./main.ts');
} else {
  withNewerNode(join(here, '..', 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node'));
}

/** Starts the same command with the Node that `npm ci` installed; its signals and exit code pass through. */
function withNewerNode(node) {
  if (!existsSync(node)) {
    process.stderr.write(
      `stepbench needs Node 22.18 or newer, and this is ${process.version}.\nRun "npm ci" in ${dirname(here)}: it installs one for this project alone.\n`,
    );
    process.exit(2);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    // The channel closes when this process is gone, however it went: main.ts then stops what it runs.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // A terminal sends Ctrl-C to both, kill only to this one; main.ts takes what comes at once for one press.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`stepbench cannot start ${node}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
