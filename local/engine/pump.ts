import type { Capacity, LatencyModel } from './model/latency.ts';
import { type Job, Scheduler, type Ticket, type TokenEvent } from './model/scheduler.ts';

/** Takes the tokens of one job as they fall due. */
export interface TokenSink {
  onToken(event: TokenEvent<TokenSink>): void;
}

/**
 * Timers of Node fire up to a millisecond late, never early. Taking what is due within the next half of one centres the
 * error on zero.
 */
const EARLY_MS = 0.5;

/** Drives the scheduler by the clock: one timer for all streams, set to the next token due. */
export class Pump {
  private readonly scheduler: Scheduler<TokenSink>;
  private readonly timeScale: number;
  private readonly startedAtMs = performance.now();
  private timer: NodeJS.Timeout | undefined;
  private timerAtMs = Number.POSITIVE_INFINITY;

  constructor(model: LatencyModel, capacity: Capacity, timeScale: number) {
    this.scheduler = new Scheduler(model, capacity);
    this.timeScale = timeScale;
  }

  /** Milliseconds of the model since the engine was made. */
  nowMs(): number {
    return (performance.now() - this.startedAtMs) / this.timeScale;
  }

  get running(): number {
    return this.scheduler.runningCount;
  }

  get waiting(): number {
    return this.scheduler.waitingCount;
  }

  get kvBlocksInUse(): number {
    return this.scheduler.blocksInUse;
  }

  submit(job: Job<TokenSink>, arrivedAtMs: number): Ticket<TokenSink> {
    // What fell due before the arrival must happen before it: it may free the place that the arrival takes.
    this.deliver(arrivedAtMs);
    const ticket = this.scheduler.submit(job, arrivedAtMs);
    this.arm();
    return ticket;
  }

  abort(ticket: Ticket<TokenSink>): void {
    this.deliver(this.nowMs());
    this.scheduler.abort(ticket, this.nowMs());
    this.arm();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.timerAtMs = Number.POSITIVE_INFINITY;
  }

  private deliver(limitMs: number): void {
    for (let event = this.scheduler.next(limitMs); event !== undefined; event = this.scheduler.next(limitMs)) {
      event.ticket.job.payload.onToken(event);
    }
  }

  private arm(): void {
    const nextMs = this.scheduler.nextAtMs();
    if (nextMs === undefined) {
      this.stop();
      return;
    }
    if (this.timer !== undefined && this.timerAtMs <= nextMs) return;
    clearTimeout(this.timer);
    this.timerAtMs = nextMs;
    this.timer = setTimeout(() => this.tick(), Math.max(0, (nextMs - this.nowMs()) * this.timeScale));
  }

  private tick(): void {
    this.timer = undefined;
    this.timerAtMs = Number.POSITIVE_INFINITY;
    this.deliver(this.nowMs() + EARLY_MS / this.timeScale);
    this.arm();
  }
}
