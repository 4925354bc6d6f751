import { type ChildProcess, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Timers } from '../timers.ts';
import { type ContainerExit, KILLED, type Readiness, type RunningContainer, TERMINATED } from './container-runtime.ts';
import { fullDisk } from './full-disk.ts';
import { tailOf } from './log-file.ts';
import { killMarked, signal } from './marked-processes.ts';
import { watchHttp } from './probe.ts';
import { byLine, type Order, type Report, type StopOrder } from './supervision.ts';

const SUPERVISOR = fileURLToPath(new URL('./supervisor.ts', import.meta.url));

const SIGNAL_NUMBERS: Partial<Record<NodeJS.Signals, number>> = { SIGTERM: 15, SIGKILL: 9, SIGINT: 2, SIGSEGV: 11 };

/** A process under its supervisor. */
export class ProcessContainer implements RunningContainer {
  readonly #timers: Timers;
  readonly #probePeriodMs: number | undefined;
  readonly #logFile: string;
  readonly #mark: string;
  readonly #exitListeners: ((exit: ContainerExit) => void)[] = [];
  #supervisor: ChildProcess | undefined;
  #pid: number | undefined;
  #port: number | undefined;
  #exit: ContainerExit | undefined;
  #isStopped = false;

  constructor(options: {
    timers: Timers;
    order: Promise<Order>;
    logFile: string;
    mark: string;
    supervisorEnv: Record<string, string>;
    probePeriodMs: number | undefined;
  }) {
    this.#timers = options.timers;
    this.#probePeriodMs = options.probePeriodMs;
    this.#logFile = options.logFile;
    this.#mark = options.mark;
    options.order.then(
      (order) => this.#begin(order, options.supervisorEnv),
      (error) => this.#failed(error instanceof Error ? error.message : String(error)),
    );
  }

  onExit(listener: (exit: ContainerExit) => void): void {
    if (this.#exit === undefined) this.#exitListeners.push(listener);
    else listener(this.#exit);
  }

  onReadiness(probes: Readiness, listener: (ready: boolean) => void): void {
    const cancel = watchHttp({
      timers: this.#timers,
      probes,
      periodMs: this.#probePeriodMs,
      port: () => this.#port,
      listener,
    });
    this.onExit(cancel);
  }

  stop(graceMs: number): void {
    this.#isStopped = true;
    if (this.#exit !== undefined) return;
    if (this.#supervisor === undefined) {
      this.#end({ exitCode: TERMINATED });
      return;
    }
    this.#tell({ stop: { graceMs } });
  }

  address(): string | undefined {
    return this.#port === undefined || this.#exit !== undefined ? undefined : `127.0.0.1:${this.#port}`;
  }

  async tail(lines: number): Promise<string> {
    return tailOf(this.#logFile, lines);
  }

  #begin(order: Order, env: Record<string, string>): void {
    if (this.#exit !== undefined || this.#isStopped) return;
    // Detached: a Ctrl-C at the terminal is the kubelet's to act on, not the supervisors'.
    const supervisor = spawn(process.execPath, [SUPERVISOR], {
      env,
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#supervisor = supervisor;
    supervisor.on('error', (error) => this.#failed(error.message));
    // A supervisor that ended takes no more orders.
    supervisor.stdin!.on('error', () => {});
    supervisor.stdout!.on(
      'data',
      byLine((line) => this.#hear(JSON.parse(line) as Report)),
    );
    supervisor.on('close', (code, name) => {
      if (this.#exit !== undefined) return;
      if (this.#pid !== undefined) signal(-this.#pid, 'SIGKILL');
      killMarked(this.#mark);
      this.#end({ exitCode: KILLED, message: `the container's supervisor ended with ${name ?? code}` });
    });
    this.#tell(order);
  }

  #hear(report: Report): void {
    if ('started' in report) this.#pid = report.started;
    else if ('listening' in report) this.#port = report.listening;
    else if ('failed' in report) this.#failed(report.failed);
    else {
      const { code, signal: name, pastDeadline } = report.exited;
      const exitCode = code ?? 128 + (SIGNAL_NUMBERS[name ?? 'SIGKILL'] ?? 0);
      this.#end({ exitCode, ...(pastDeadline ? { message: 'the deadline of the container passed' } : {}) });
    }
  }

  #tell(order: Order | StopOrder): void {
    this.#supervisor?.stdin?.write(`${JSON.stringify(order)}\n`);
  }

  /** As when a container's command is not there: it never ran. */
  #failed(message: string): void {
    this.#end({ exitCode: 128, reason: 'StartError', message });
  }

  #end(exit: ContainerExit): void {
    if (this.#exit !== undefined) return;
    const evicted = exit.exitCode === 0 || this.#isStopped ? undefined : fullDisk(dirname(this.#logFile));
    this.#exit = { ...exit, ...(evicted !== undefined && { evicted }) };
    for (const listener of this.#exitListeners) listener(this.#exit);
  }
}
