import { Label } from '#core/cluster/names.ts';
import type { Circumstances, Faults } from '../faults.ts';
import type { Launcher } from '../images.ts';
import type { Timers } from '../timers.ts';
import { type ContainerExit, type ContainerRuntime, KILLED, type RunningContainer } from './container-runtime.ts';
import type { ContainerStart } from './container-start.ts';

export function circumstancesOf(
  { pod, container, image, node }: Pick<ContainerStart, 'pod' | 'container' | 'image' | 'node'>,
  cluster: string,
): Circumstances {
  const labels = pod.metadata.labels ?? {};
  return {
    cluster,
    nodePool: pod.spec.nodeSelector?.[Label.nodePool] ?? '',
    instanceType: node.instanceType,
    capacityType: node.capacityType,
    zone: node.zone,
    image,
    container,
    role: labels[Label.role] ?? '',
    deployment: labels[Label.deployment] ?? '',
    cell: labels[Label.cell] ?? '',
  };
}

/** Containers that go wrong as they were told to, whatever runs them. */
export class FaultyRuntime implements ContainerRuntime {
  readonly #runtime: ContainerRuntime;
  readonly #faults: Faults;
  readonly #timers: Timers;
  readonly #cluster: string;

  constructor(runtime: ContainerRuntime, faults: Faults, timers: Timers, cluster: string) {
    this.#runtime = runtime;
    this.#faults = faults;
    this.#timers = timers;
    this.#cluster = cluster;
  }

  volumeDir(podDir: string, volume: string): string | undefined {
    return this.#runtime.volumeDir(podDir, volume);
  }

  start(start: ContainerStart, launcher: Launcher): RunningContainer {
    const circumstances = circumstancesOf(start, this.#cluster);
    const atStart = this.#faults.take('crash-at-start', circumstances);
    if (atStart !== undefined) return crashed(atStart.exitCode ?? 1);
    if (this.#faults.take('never-ends', circumstances) !== undefined) return this.#deaf();
    const container = this.#runtime.start(start, launcher);
    const crash = this.#faults.take('crash', circumstances);
    const dies = crash === undefined ? container : this.#dying(container, crash.afterMs, crash.exitCode ?? 1);
    const isNeverReady = this.#faults.take('never-ready', circumstances) !== undefined;
    return isNeverReady ? varied(dies, { onReadiness: () => {} }) : dies;
  }

  forget(podUid: string, podDir: string): void {
    this.#runtime.forget(podUid, podDir);
  }

  close(): Promise<void> {
    return this.#runtime.close();
  }

  #dying(container: RunningContainer, afterMs: number, exitCode: number): RunningContainer {
    let isDead = false;
    const cancel = this.#timers.after(afterMs, () => {
      isDead = true;
      container.stop(0);
    });
    container.onExit(() => cancel());
    const onExit = (listener: (exit: ContainerExit) => void) =>
      container.onExit((exit) => listener(isDead ? { exitCode, message: 'told to crash' } : exit));
    return varied(container, { onExit });
  }

  /** Holds its node until it is killed. */
  #deaf(): RunningContainer {
    const listeners: ((exit: ContainerExit) => void)[] = [];
    let cancel = () => {};
    return {
      onExit: (listener) => listeners.push(listener),
      onReadiness: () => {},
      stop: (graceMs) => {
        cancel();
        cancel = this.#timers.after(graceMs, () => {
          for (const listener of listeners.splice(0)) listener({ exitCode: KILLED });
        });
      },
      address: () => undefined,
      tail: async () => '',
    };
  }
}

const crashed = (exitCode: number): RunningContainer => ({
  onExit: (listener) => listener({ exitCode, message: 'told to crash at its start' }),
  onReadiness: () => {},
  stop: () => {},
  address: () => undefined,
  tail: async () => 'told to crash at its start',
});

const varied = (container: RunningContainer, changed: Partial<RunningContainer>): RunningContainer => ({
  onExit: (listener) => container.onExit(listener),
  onReadiness: (probes, listener) => container.onReadiness(probes, listener),
  stop: (graceMs) => container.stop(graceMs),
  address: () => container.address(),
  tail: (lines) => container.tail(lines),
  ...changed,
});
