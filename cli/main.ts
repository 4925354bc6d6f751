import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { chooseGenerator } from '#local/generators/choose-generator.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import { checkedOutCommit } from './checked-out.ts';
import type { Cli } from './cli.ts';
import { CliError } from './errors.ts';
import { main, tellError } from './program.ts';
import { coloured, plain } from './terminal/paint.ts';
import { terminalOf } from './terminal/terminal.ts';

/** SIGHUP: the terminal was closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

// To stepbench.mjs, when an older Node runs that: nothing is sent, and it must not keep this process alive.
process.channel?.unref();

/** EIO: of a terminal that is not there any more. */
const READER_GONE = new Set(['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

/** What only some commands need, and takes long to load, is loaded by them. */
const cli: Cli = {
  stdout: terminalOf(process.stdout, process.stdout.isTTY ? coloured : plain),
  stderr: terminalOf(process.stderr, process.stderr.isTTY ? coloured : plain),
  env: process.env,
  commit: checkedOutCommit,
  nowMs: () => Date.now(),
  onInterrupt: (listener) => {
    const onDisconnect = () => listener('SIGHUP');
    for (const signal of SIGNALS) process.on(signal, listener);
    process.on('disconnect', onDisconnect);
    return () => {
      for (const signal of SIGNALS) process.off(signal, listener);
      process.off('disconnect', onDisconnect);
    };
  },
  every: (milliseconds, callback) => {
    const timer = setInterval(callback, milliseconds);
    return () => clearInterval(timer);
  },
  chooseGenerator,
  rehearse: async (options) => (await import('#local/runtime/rehearse.ts')).rehearse(options),
  startLocalRun: async (options) => (await import('#local/runtime/start.ts')).startLocalRun(options),
  askEndpoint: async (question) => (await import('#local/endpoint/ask.ts')).askEndpoint(question),
  openResults: async (storeDir) => (await import('./results/local-results.ts')).openLocalResults(storeDir),
  openFile: async (path) => (await import('./terminal/open-file.ts')).openFile(path),
  questions: () => Object.values(loadQueries().questions),
  connectStack: async (region) => (await import('#aws/stack/connect.ts')).connectStack(region),
  pause: (milliseconds) => delay(milliseconds),
  confirm: async (question) => (await import('./terminal/confirm.ts')).confirm(question),
  runCdk: async (args, env) => (await import('./stack/cdk.ts')).runCdk(args, env),
  writeFile: (path, content) => writeFile(path, content),
  checks: (storeDir) => [
    async () => {
      const { machineChecks } = await import('./doctor/checks.ts');
      const checks = await Promise.all(machineChecks(storeDir).map((check) => check()));
      return checks.flat();
    },
  ],
};

// A reader that has enough (`stepbench query | head`) and a terminal that was closed are no errors; a full disk is. None
// ends the command: a run must still be released.
let lost: NodeJS.ErrnoException | undefined;
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!READER_GONE.has(error.code ?? '')) lost ??= error;
  });
}

const argv = process.argv.slice(2);
// Something that nobody waited for: told like every other error, and what the run has started ends with this process.
process.on('uncaughtException', (error) => process.exit(tellError(cli, argv, error)));

const outputLost = (cause: Error) =>
  new CliError('output-lost', `not all of the output could be written: ${cause.message}`, {
    nextStep: 'Write it elsewhere, or free some space: what the command did else stands.',
    cause,
  });

const exitCode = await main(cli, argv);
// Whatever may still be waiting somewhere has nothing more to say; what was written goes out first.
const streams = [process.stdout, process.stderr];
await Promise.all(streams.map((stream) => new Promise((written) => stream.write('', written))));
if (lost !== undefined) process.exit(tellError(cli, [], outputLost(lost)));
process.exit(exitCode);
