import type { Launcher } from '../images.ts';
import type { Probe } from '../objects/shapes.ts';
import type { ContainerStart } from './container-start.ts';

export interface ContainerExit {
  exitCode: number;
  /** Kubernetes' word; Completed or Error by the code when left out. */
  reason?: string;
  message?: string;
  /** Why its node cannot keep the pod. */
  evicted?: string;
}

export interface Readiness {
  startup?: Probe | undefined;
  readiness?: Probe | undefined;
}

export interface RunningContainer {
  /** Called once. */
  onExit(listener: (exit: ContainerExit) => void): void;
  /** Called when the answer changes; false to begin with. */
  onReadiness(probes: Readiness, listener: (ready: boolean) => void): void;
  /** SIGTERM now, SIGKILL after the grace; again with a shorter grace shortens it. */
  stop(graceMs: number): void;
  /** `host:port` on which it answers, once known. */
  address(): string | undefined;
  tail(lines: number): Promise<string>;
}

/** Where containers really, or virtually, run. */
export interface ContainerRuntime {
  /** The folder of a mounted volume; undefined when there are no folders. */
  volumeDir(podDir: string, volume: string): string | undefined;
  start(start: ContainerStart, launcher: Launcher): RunningContainer;
  /** What is left of a pod that is gone. */
  forget(podUid: string, podDir: string): void;
  /** Ends every container; settles when nothing is left, throws when something is. */
  close(): Promise<void>;
}

/** A process that ended by this signal. */
export const KILLED = 128 + 9;
export const TERMINATED = 128 + 15;
