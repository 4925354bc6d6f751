import { isoTime } from '#core/ports/clock.ts';
import { isOver, keyOf } from '../objects/objects.ts';
import type { Container, ContainerState, Pod } from '../objects/shapes.ts';
import { type ContainerExit, KILLED, type RunningContainer } from '../runtime/container-runtime.ts';
import { containerStart } from './container-start.ts';
import { ImagePull } from './image-pull.ts';
import type { KubeletParts } from './parts.ts';
import { PodRecord } from './pod-record.ts';

/** One pod on its node: init containers one after another, then the others together, until all have ended. */
export class PodWorker {
  readonly pod: Pod;
  readonly #parts: KubeletParts;
  readonly #record: PodRecord;
  readonly #running = new Map<string, RunningContainer>();
  /** Kept after their end: their logs are read until the pod is gone. */
  readonly #started = new Map<string, RunningContainer>();
  #cancels: (() => void)[] = [];
  #isStopping = false;
  #isOver = false;

  constructor(parts: KubeletParts, pod: Pod) {
    this.pod = pod;
    this.#parts = parts;
    this.#record = new PodRecord(pod, '127.0.0.1', this.#now());
  }

  begin(): void {
    this.#report();
    this.#initialize(0);
  }

  stop(graceMs: number): void {
    this.#isStopping = true;
    for (const cancel of this.#cancels.splice(0)) cancel();
    for (const container of this.#running.values()) container.stop(graceMs);
    if (this.#running.size === 0) this.#end('Failed');
  }

  /** Without grace, and without waiting: its node, or the pod itself, is gone. */
  kill(): void {
    for (const cancel of this.#cancels.splice(0)) cancel();
    if (this.#isOver) return;
    const killed = [...this.#running];
    this.#running.clear();
    this.#isStopping = true;
    for (const [name, container] of killed) {
      container.stop(0);
      this.#terminated(name, { exitCode: KILLED });
    }
    this.#end('Failed');
  }

  /** Where its engine answers. */
  address(): string | undefined {
    for (const container of this.#running.values()) {
      const address = container.address();
      if (address !== undefined) return address;
    }
    return undefined;
  }

  async tail(container: string, lines: number): Promise<string> {
    return (await this.#started.get(container)?.tail(lines)) ?? '';
  }

  #initialize(index: number): void {
    const container = this.pod.spec.initContainers?.[index];
    if (container === undefined) {
      for (const main of this.pod.spec.containers) {
        this.#run(main, () => {
          if (this.#running.size > 0 || this.#record.exitCodes().length < this.pod.spec.containers.length) return;
          this.#end(this.#record.exitCodes().every((code) => code === 0) ? 'Succeeded' : 'Failed');
        });
      }
      return;
    }
    this.#run(container, (exitCode) => {
      if (exitCode === 0) this.#initialize(index + 1);
      else this.#end('Failed');
    });
  }

  #run(container: Container, ended: (exitCode: number) => void): void {
    const pull = new ImagePull(this.#parts, this.pod, container, (state) => this.#set(container.name, state));
    this.#cancels.push(() => pull.cancel());
    pull.begin(() => this.#start(container, ended));
  }

  #start(container: Container, ended: (exitCode: number) => void): void {
    const { runtime, images } = this.#parts;
    let running: RunningContainer;
    try {
      running = runtime.start(containerStart(this.#parts, this.pod, container), images.find(container.image)!);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#event('Warning', 'Failed', `Error: ${message}`);
      this.#set(container.name, { waiting: { reason: 'CreateContainerConfigError', message } });
      return;
    }
    this.#running.set(container.name, running);
    this.#started.set(container.name, running);
    this.#event('Normal', 'Created', `Created container: ${container.name}`);
    this.#event('Normal', 'Started', `Started container ${container.name}`);
    this.#set(container.name, { running: { startedAt: this.#now() } });
    this.#watch(container, running);
    running.onExit((exit) => {
      if (!this.#running.delete(container.name)) return;
      this.#terminated(container.name, exit);
      if (!this.#isStopping) ended(exit.exitCode);
      else if (this.#running.size === 0) this.#end(exit.exitCode === 0 ? 'Succeeded' : 'Failed');
    });
  }

  /** Ready at once without a probe; killed when the startup probe has failed too often. */
  #watch(container: Container, running: RunningContainer): void {
    const { startupProbe: startup, readinessProbe: readiness } = container;
    const isInit = this.pod.spec.initContainers?.includes(container) ?? false;
    if (isInit) return;
    if (startup === undefined && readiness === undefined) {
      this.#setReady(container.name, true);
      return;
    }
    const { initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3 } = startup ?? {};
    const patienceMs = (initialDelaySeconds + periodSeconds * failureThreshold) * 1000;
    const cancel =
      startup === undefined
        ? () => {}
        : this.#parts.plane.timers.after(patienceMs, () => {
            this.#event('Normal', 'Killing', `Container ${container.name} failed startup probe, will be restarted`);
            running.stop((this.pod.spec.terminationGracePeriodSeconds ?? 30) * 1000);
          });
    this.#cancels.push(cancel);
    running.onExit(() => cancel());
    running.onReadiness({ startup, readiness }, (ready) => {
      if (!this.#running.has(container.name)) return;
      if (ready) cancel();
      else this.#event('Warning', 'Unhealthy', 'Readiness probe failed');
      this.#setReady(container.name, ready);
    });
  }

  #terminated(name: string, { exitCode, reason, message, evicted }: ContainerExit): void {
    const finishedAt = this.#now();
    if (evicted !== undefined) this.#record.evict(evicted);
    const terminated = {
      exitCode,
      reason: reason ?? (exitCode === 0 ? 'Completed' : 'Error'),
      ...(message === undefined ? {} : { message }),
      startedAt: this.#record.runningSince(name) ?? finishedAt,
      finishedAt,
    };
    this.#set(name, { terminated });
  }

  #end(phase: 'Succeeded' | 'Failed'): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const cancel of this.#cancels.splice(0)) cancel();
    this.#record.end(phase, this.#now());
    this.#report();
  }

  #set(name: string, state: ContainerState): void {
    this.#record.set(name, state, this.#now());
    this.#report();
  }

  #setReady(name: string, ready: boolean): void {
    this.#record.setReady(name, ready, this.#now());
    this.#report();
  }

  #report(): void {
    this.#parts.plane.objects.change('Pod', keyOf(this.pod.metadata), (draft) => {
      if (!isOver(draft)) draft.status = this.#record.status;
    });
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#parts.plane.events.record(this.pod, type, reason, message);
  }

  #now(): string {
    return isoTime(this.#parts.plane.timers.clock);
  }
}
