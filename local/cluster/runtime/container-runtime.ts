import type { Launcher } from '../images.ts';
import type { Pod, Probe } from '../objects/shapes.ts';

/** A container about to start, with everything resolved that Kubernetes resolves. */
export interface ContainerStart {
  container: string;
  image: string;
  /** `$(NAME)` is expanded in these. */
  command: string[];
  args: string[];
  /**
   * In the process kubelet a value that is (or lies in) a volume's mountPath names the local folder, and a
   * Service's URL the address on which its ready pod listens; in the virtual one both stay as they are.
   */
  env: Record<string, string>;
  pod: Pod;
  node: { name: string; instanceType: string; zone: string; capacityType: string };
  /** The pod's own folder; made by the process kubelet only. */
  podDir: string;
  /** Local folder by mountPath; empty in the virtual kubelet. */
  mounts: Record<string, string>;
  /** Epoch ms by which the container must have ended, whoever is left to see to it. */
  deadlineMs: number;
  /** Whether a Service's URL is answered at this moment. */
  serving(url: string): boolean;
}

export interface ContainerExit {
  exitCode: number;
  /** Kubernetes' word; Completed or Error by the code when left out. */
  reason?: string;
  message?: string;
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
