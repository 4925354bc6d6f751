import { repository } from './faults.ts';
import type { ContainerStart } from './runtime/container-start.ts';

/** The files of a virtual pod, by the path that the container sees. */
export interface PodFiles {
  write(path: string, body: Uint8Array | string): void;
  read(path: string): Uint8Array | undefined;
  /** Paths of the files below a folder, relative to it, in order. */
  list(folder: string): string[];
}

export interface VirtualStart extends ContainerStart {
  files: PodFiles;
  /** Aborted when the container is told to stop. */
  signal: AbortSignal;
}

/** A process is a duration plus files. */
export interface VirtualProcess {
  durationMs: number | 'forever';
  /** When its port begins to answer; at once when left out. */
  readyAfterMs?: number;
  /** 0 when left out. */
  exitCode?: number;
  /** Done at the end of the duration, before the exit is seen; not when it is stopped before. */
  finish?: () => void | Promise<void>;
  log?: string;
}

/** A real process. It says where it listens in a line of its own on stdout: `{"listening": PORT}`. */
export interface ProcessSpec {
  command: string;
  args: string[];
  /** Added to the container's own, which it may override. */
  env?: Record<string, string>;
  /** The pod's folder when left out. */
  cwd?: string;
}

/** What stands behind an image here. Either may be missing: the container then fails with a clear message. */
export interface Launcher {
  /** No GPU stands behind this engine: marks the Node that it runs on. */
  simulated?: boolean;
  virtual?: (start: VirtualStart) => VirtualProcess | Promise<VirtualProcess>;
  process?: (start: ContainerStart) => ProcessSpec | Promise<ProcessSpec>;
}

/** The registry: image name, with or without tag, to launcher. An image that is not in it cannot be pulled. */
export class Images {
  readonly #launchers: ReadonlyMap<string, Launcher>;

  constructor(launchers: Readonly<Record<string, Launcher>>) {
    this.#launchers = new Map(Object.entries(launchers));
  }

  find(image: string): Launcher | undefined {
    return this.#launchers.get(image) ?? this.#launchers.get(repository(image));
  }
}
