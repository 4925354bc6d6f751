/**
 * A program of its own: runs one container's process and sees to it that it ends.
 *
 * Its stdin is a pipe from the kubelet, which the system closes when the kubelet dies of whatever cause,
 * kill -9 included. Then, or when the deadline passes, the container's process group is killed, and every
 * process that carries the container's mark.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { LogFile } from './log-file.ts';
import { killMarked, MARK, signal } from './marked-processes.ts';
import { byLine, type Order, type Report, type StopOrder } from './supervision.ts';

let child: ChildProcess | undefined;
let mark: string | undefined;
let pastDeadline = false;
let killTimer: NodeJS.Timeout | undefined;

function report(what: Report): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

function killAll(): void {
  if (child?.pid !== undefined) signal(-child.pid, 'SIGKILL');
  if (mark !== undefined) killMarked(mark);
}

function leave(): void {
  killAll();
  process.exit(0);
}

function run(order: Order): void {
  mark = order.mark;
  const log = new LogFile(order.logFile);
  const lines = byLine((line) => {
    const port = listeningPort(line);
    if (port !== undefined) report({ listening: port });
  });
  child = spawn(order.command, order.args, {
    env: { ...order.env, [MARK]: order.mark },
    cwd: order.cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.on('spawn', () => report({ started: child!.pid! }));
  child.on('error', (error) => {
    report({ failed: error.message });
    clearTimeout(deadline);
    process.stdin.destroy();
  });
  child.stdout!.on('data', (data: Buffer) => {
    log.write(data);
    lines(data);
  });
  child.stderr!.on('data', (data: Buffer) => log.write(data));
  child.on('exit', (code, signalName) => {
    // What the container left running goes with it; only then do its pipes close.
    killAll();
    const finish = () => {
      report({ exited: { code, signal: signalName, pastDeadline } });
      clearTimeout(killTimer);
      clearTimeout(deadline);
      clearTimeout(patience);
      process.stdin.destroy();
    };
    // Without /proc a descendant in another session is not found, and may hold the pipes open.
    const patience = setTimeout(finish, 2_000);
    child!.on('close', finish);
  });
  const deadline = setTimeout(
    () => {
      pastDeadline = true;
      killAll();
    },
    Math.min(order.deadlineMs - Date.now(), 2 ** 31 - 1),
  );
}

function stop(graceMs: number): void {
  if (child?.pid === undefined) return;
  if (graceMs > 0) signal(-child.pid, 'SIGTERM');
  clearTimeout(killTimer);
  if (graceMs > 0) killTimer = setTimeout(killAll, graceMs);
  else killAll();
}

function listeningPort(line: string): number | undefined {
  if (!line.startsWith('{"listening"')) return undefined;
  try {
    const { listening } = JSON.parse(line) as { listening: unknown };
    return Number.isInteger(listening) ? (listening as number) : undefined;
  } catch {
    return undefined;
  }
}

process.stdin.on(
  'data',
  byLine((line) => {
    const order = JSON.parse(line) as Order | StopOrder;
    if ('stop' in order) stop(order.stop.graceMs);
    else run(order);
  }),
);
process.stdin.on('end', leave);
process.stdin.on('error', leave);
// The kubelet may be gone before the pipe says so.
process.stdout.on('error', leave);
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, leave);
