import type { Launcher, VirtualProcess } from '../images.ts';
import type { Timers } from '../timers.ts';
import {
  type ContainerExit,
  type ContainerRuntime,
  type Readiness,
  type RunningContainer,
  TERMINATED,
} from './container-runtime.ts';
import type { ContainerStart } from './container-start.ts';
import { mountedFiles, type Volumes } from './memory-files.ts';

/** Containers without processes: each is a duration plus files, in the time of the clock that is given. */
export class VirtualRuntime implements ContainerRuntime {
  readonly #timers: Timers;
  readonly #volumes = new Map<string, Volumes>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  volumeDir(): undefined {
    return undefined;
  }

  start(start: ContainerStart, launcher: Launcher): RunningContainer {
    const uid = start.pod.metadata.uid!;
    const volumes = this.#volumes.get(uid) ?? new Map();
    this.#volumes.set(uid, volumes);
    return new VirtualContainer(this.#timers, start, launcher, volumes);
  }

  forget(podUid: string): void {
    this.#volumes.delete(podUid);
  }

  async close(): Promise<void> {
    this.#volumes.clear();
  }
}

class VirtualContainer implements RunningContainer {
  readonly #timers: Timers;
  readonly #startedMs: number;
  readonly #abort = new AbortController();
  readonly #exitListeners: ((exit: ContainerExit) => void)[] = [];
  readonly #readyListeners: (() => void)[] = [];
  #process: VirtualProcess | undefined;
  #exit: ContainerExit | undefined;

  constructor(timers: Timers, start: ContainerStart, launcher: Launcher, volumes: Volumes) {
    this.#timers = timers;
    this.#startedMs = timers.clock.nowMs();
    const { pod, container: name } = start;
    const spec = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find((one) => one.name === name);
    const files = mountedFiles(volumes, spec ?? { name });
    void timers.clock.busy(async () => {
      try {
        if (launcher.virtual === undefined)
          throw new Error(`${start.image} cannot run virtually: it has no virtual launcher`);
        this.#begin(await launcher.virtual({ ...start, files, signal: this.#abort.signal }));
      } catch (error) {
        this.#end({ exitCode: 128, reason: 'StartError', message: messageOf(error) });
      }
    });
  }

  onExit(listener: (exit: ContainerExit) => void): void {
    if (this.#exit === undefined) this.#exitListeners.push(listener);
    else listener(this.#exit);
  }

  onReadiness({ startup, readiness }: Readiness, listener: (ready: boolean) => void): void {
    const periodMs = ((startup ?? readiness)?.periodSeconds ?? 10) * 1000;
    const delayMs = ((startup ?? readiness)?.initialDelaySeconds ?? 0) * 1000;
    const look = () => {
      // A probe sees readiness at its next look, not when it happens.
      const looks = Math.ceil(Math.max(0, (this.#process?.readyAfterMs ?? 0) - delayMs) / periodMs);
      const atMs = this.#startedMs + delayMs + looks * periodMs;
      this.#timers.after(atMs - this.#timers.clock.nowMs(), () => {
        if (this.#exit === undefined) listener(true);
      });
    };
    if (this.#process === undefined) this.#readyListeners.push(look);
    else look();
  }

  stop(_graceMs: number): void {
    this.#abort.abort();
    this.#end({ exitCode: TERMINATED });
  }

  address(): string | undefined {
    return this.#exit === undefined ? 'virtual' : undefined;
  }

  async tail(lines: number): Promise<string> {
    return (this.#process?.log ?? '').trimEnd().split('\n').slice(-lines).join('\n');
  }

  #begin(process: VirtualProcess): void {
    if (this.#exit !== undefined) return;
    this.#process = process;
    for (const look of this.#readyListeners) look();
    if (process.durationMs === 'forever') return;
    this.#timers.after(this.#startedMs + process.durationMs - this.#timers.clock.nowMs(), () => {
      if (this.#exit !== undefined) return;
      if (process.finish === undefined) this.#end({ exitCode: process.exitCode ?? 0 });
      else void this.#timers.clock.busy(() => this.#finish(process));
    });
  }

  async #finish({ finish, exitCode = 0 }: VirtualProcess): Promise<void> {
    try {
      await finish?.();
      this.#end({ exitCode });
    } catch (error) {
      this.#end({ exitCode: 1, message: messageOf(error) });
    }
  }

  #end(exit: ContainerExit): void {
    if (this.#exit !== undefined) return;
    this.#exit = exit;
    for (const listener of this.#exitListeners) listener(exit);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
