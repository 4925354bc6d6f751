import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Launcher } from '../images.ts';
import type { Timers } from '../timers.ts';
import type { ContainerRuntime, RunningContainer } from './container-runtime.ts';
import type { ContainerStart } from './container-start.ts';
import { killMarked, markedProcesses } from './marked-processes.ts';
import { ProcessContainer } from './process-container.ts';
import type { Order } from './supervision.ts';

/** All that a container inherits from the user's environment: nothing that could be a secret. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG'];

/** Containers as child processes of this machine, each in its own process group under a supervisor. */
export class ProcessRuntime implements ContainerRuntime {
  readonly #timers: Timers;
  readonly #probePeriodMs: number | undefined;
  /** Tells our processes from those of another run at the same time. */
  readonly #mark = randomUUID();
  readonly #running = new Map<ProcessContainer, { podUid: string; ended: Promise<void> }>();
  readonly #removals = new Set<Promise<void>>();

  constructor(timers: Timers, probePeriodMs?: number) {
    this.#timers = timers;
    this.#probePeriodMs = probePeriodMs;
  }

  volumeDir(podDir: string, volume: string): string {
    return join(podDir, 'volumes', volume);
  }

  start(start: ContainerStart, launcher: Launcher): RunningContainer {
    const inherited: Record<string, string> = {};
    for (const name of INHERITED) if (process.env[name] !== undefined) inherited[name] = process.env[name];
    const logFile = join(start.podDir, `${start.container}.log`);
    const mark = `${this.#mark}.${start.pod.metadata.uid}.${start.container}`;
    const container = new ProcessContainer({
      timers: this.#timers,
      order: this.#order(start, launcher, { inherited, logFile, mark }),
      logFile,
      mark,
      supervisorEnv: inherited,
      probePeriodMs: this.#probePeriodMs,
    });
    const ended = new Promise<void>((resolve) => container.onExit(() => resolve()));
    this.#running.set(container, { podUid: start.pod.metadata.uid!, ended });
    container.onExit(() => this.#running.delete(container));
    return container;
  }

  async #order(
    start: ContainerStart,
    launcher: Launcher,
    { inherited, logFile, mark }: { inherited: Record<string, string>; logFile: string; mark: string },
  ): Promise<Order> {
    if (launcher.process === undefined) throw new Error(`${start.image} cannot run here: it has no process launcher`);
    for (const folder of [start.podDir, ...Object.values(start.mounts)]) await mkdir(folder, { recursive: true });
    const { command, args, env = {}, cwd = start.podDir } = await launcher.process(start);
    const { deadlineMs } = start;
    return { command, args, cwd, logFile, mark, deadlineMs, env: { ...inherited, ...start.env, ...env } };
  }

  forget(podUid: string, podDir: string): void {
    const removal = this.#remove(podUid, podDir);
    this.#removals.add(removal);
    void removal.then(() => this.#removals.delete(removal));
  }

  async #remove(podUid: string, podDir: string): Promise<void> {
    await Promise.all([...this.#running.values()].flatMap((one) => (one.podUid === podUid ? [one.ended] : [])));
    // A folder that stays behind is no reason to fail.
    await rm(podDir, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
  }

  async close(): Promise<void> {
    const ended = [...this.#running.values()].map((one) => one.ended);
    for (const container of this.#running.keys()) container.stop(0);
    await Promise.all(ended);
    await Promise.all(this.#removals);
    killMarked(this.#mark);
    const left = markedProcesses(this.#mark);
    if (left.length > 0) throw new Error(`processes of the local cluster are still there: ${left.join(', ')}`);
  }
}
