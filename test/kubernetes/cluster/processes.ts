import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A part has so long to end by itself. */
const GRACE_MS = 10_000;

/** The parts of the peer's binary that run, each writing its log to a file of the folder. */
export class Processes {
  readonly #binary: string;
  readonly #folder: string;
  readonly #running: { part: string; child: ChildProcess; ended: Promise<void> }[] = [];

  constructor(binary: string, folder: string) {
    this.#binary = binary;
    this.#folder = folder;
  }

  start(part: string, args: string[], env: Record<string, string> = {}): void {
    const log = openSync(this.#log(part), 'w');
    // Its standard input ends with this process, however that ends, and the part ends with it.
    const child = spawn(this.#binary, [part, ...args], {
      cwd: this.#folder,
      env: { ...process.env, ...env, ENDS_WITH_STDIN: '1' },
      stdio: ['pipe', log, log],
    });
    closeSync(log);
    child.stdin?.on('error', () => {});
    const ended = new Promise<void>((resolve) => void child.on('exit', () => resolve()).on('error', () => resolve()));
    this.#running.push({ part, child, ended });
  }

  /** Asks until the answer is true. @throws with the end of its log when a part ended first, or nothing came of it. */
  async until(what: string, patienceMs: number, check: () => Promise<boolean>): Promise<void> {
    const deadlineMs = performance.now() + patienceMs;
    while (!(await check().catch(() => false))) {
      const dead = this.#running.find(({ child }) => child.exitCode !== null || child.signalCode !== null);
      const late = performance.now() > deadlineMs;
      if (dead === undefined && !late) await delay(100);
      else throw new Error(`${what} did not come.\n${await this.#tails(dead?.part)}`);
    }
  }

  /** The last started first: each speaks to those before it. */
  async stop(): Promise<void> {
    for (const { child, ended } of this.#running.toReversed()) {
      child.kill('SIGTERM');
      const killed = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
      await ended;
      clearTimeout(killed);
    }
  }

  #log(part: string): string {
    return join(this.#folder, `${part}.log`);
  }

  async #tails(only: string | undefined): Promise<string> {
    const parts = this.#running.map(({ part }) => part).filter((part) => only === undefined || part === only);
    const tails = await Promise.all(
      parts.map(async (part) => `--- ${part}\n${(await readFile(this.#log(part), 'utf8')).slice(-2000)}`),
    );
    return tails.join('\n');
  }
}
