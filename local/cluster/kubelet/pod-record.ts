import { createHash } from 'node:crypto';
import { withCondition } from '../objects/conditions.ts';
import type { Condition, Container, ContainerState, ContainerStatus, Pod, PodStatus } from '../objects/shapes.ts';

/** A pod's status in the making: what the kubelet knows, in the shape in which it reports it. */
export class PodRecord {
  readonly #status: PodStatus;
  readonly #init: Map<string, ContainerStatus>;
  readonly #main: Map<string, ContainerStatus>;

  constructor(pod: Pod, podIP: string, now: string) {
    const init = pod.spec.initContainers ?? [];
    const first = init.length > 0 ? 'PodInitializing' : 'ContainerCreating';
    this.#init = new Map(init.map((one) => [one.name, waiting(one, 'PodInitializing')]));
    this.#main = new Map(pod.spec.containers.map((one) => [one.name, waiting(one, first)]));
    this.#status = { ...pod.status, phase: 'Pending', startTime: now, podIP, conditions: [...pod.status.conditions] };
    this.#judge(now);
  }

  set(name: string, state: ContainerState, now: string): void {
    const status = this.#init.get(name) ?? this.#main.get(name)!;
    status.state = state;
    status.started = state.running !== undefined;
    if (state.running !== undefined) {
      status.imageID = `${status.image}@sha256:${createHash('sha256').update(status.image).digest('hex')}`;
    }
    if (state.running === undefined) status.ready = false;
    if (state.terminated?.exitCode === 0 && this.#init.has(name)) status.ready = true;
    this.#judge(now);
  }

  setReady(name: string, ready: boolean, now: string): void {
    this.#main.get(name)!.ready = ready;
    this.#judge(now);
  }

  end(phase: 'Succeeded' | 'Failed', now: string): void {
    this.#status.phase = phase;
    this.#judge(now);
  }

  /** Its node cannot keep it. */
  evict(message: string): void {
    this.#status.reason = 'Evicted';
    this.#status.message = message;
  }

  runningSince(name: string): string | undefined {
    return (this.#init.get(name) ?? this.#main.get(name))?.state.running?.startedAt;
  }

  exitCodes(): number[] {
    return [...this.#main.values()].flatMap(({ state }) => state.terminated?.exitCode ?? []);
  }

  get status(): PodStatus {
    return {
      ...this.#status,
      ...(this.#init.size === 0 ? {} : { initContainerStatuses: [...this.#init.values()] }),
      containerStatuses: [...this.#main.values()],
    };
  }

  #judge(now: string): void {
    const isInitialized = [...this.#init.values()].every(({ state }) => state.terminated?.exitCode === 0);
    const isReady = isInitialized && [...this.#main.values()].every(({ ready }) => ready);
    if (this.#status.phase === 'Pending' && [...this.#main.values()].some(({ state }) => state.running)) {
      this.#status.phase = 'Running';
    }
    const isOver = this.#status.phase === 'Succeeded' || this.#status.phase === 'Failed';
    const notReady = isOver
      ? { reason: this.#status.phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed' }
      : { reason: 'ContainersNotReady' };
    const is = (type: string, holds: boolean, why: Partial<Condition>): Condition =>
      holds ? { type, status: 'True' } : { type, status: 'False', ...why };
    for (const condition of [
      is('Initialized', isInitialized, { reason: 'ContainersNotInitialized' }),
      is('ContainersReady', isReady, notReady),
      is('Ready', isReady, notReady),
    ]) {
      this.#status.conditions = withCondition(this.#status.conditions, condition, now);
    }
  }
}

const waiting = ({ name, image }: Container, reason: string): ContainerStatus => ({
  name,
  image,
  imageID: '',
  ready: false,
  started: false,
  restartCount: 0,
  state: { waiting: { reason } },
});
