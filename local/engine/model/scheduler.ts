import { MinHeap } from './heap.ts';
import { type Capacity, kvBlocksInAll, type LatencyModel, loadFactor } from './latency.ts';

/** One sequence. Times are milliseconds of the engine with one request in flight. */
export interface Job<T> {
  readonly payload: T;
  readonly prefillMs: number;
  /** The gap before token `index` (1 is the second); called once for each, in order. */
  readonly gapMs: (index: number) => number;
  readonly outputTokens: number;
  readonly kvBlocks: number;
}

export interface TokenEvent<T> {
  readonly ticket: Ticket<T>;
  /** 0 is the first token. */
  readonly index: number;
  readonly last: boolean;
  readonly atMs: number;
}

/** A job's way through the engine. */
export interface Ticket<T> {
  readonly job: Job<T>;
  readonly submittedAtMs: number;
  /** Undefined while it waits in the queue. */
  admittedAtMs: number | undefined;
  state: 'waiting' | 'running' | 'done' | 'aborted';
}

interface Running<T> {
  ticket: Ticket<T>;
  nextIndex: number;
}

/**
 * Continuous batching in model time, without a clock. The load factor is the same for every running sequence, so the
 * engine has one progress axis: work advances at 1 / loadFactor(running) per millisecond. A sequence's tokens are due
 * at fixed points of that axis, counted from its admission; when load changes, every later token moves with it, and
 * nothing is ever rescheduled. The caller asks for events up to now; how late it asks changes no event's time.
 *
 * A sequence holds the KV blocks of its prompt and its whole output from admission on: no preemption ever happens.
 */
export class Scheduler<T> {
  private readonly model: LatencyModel;
  private readonly maxNumSeqs: number;
  private readonly blocks: number;
  private readonly due = new MinHeap<Running<T>>();
  private readonly queue: Ticket<T>[] = [];
  private queueHead = 0;
  private work = 0;
  private timeMs: number;
  private factor = 1;
  runningCount = 0;
  waitingCount = 0;
  blocksInUse = 0;

  constructor(model: LatencyModel, capacity: Capacity, startMs = 0) {
    this.model = model;
    this.maxNumSeqs = capacity.maxNumSeqs;
    this.blocks = kvBlocksInAll(capacity);
    this.timeMs = startMs;
  }

  /** Time up to which everything has happened. */
  get nowMs(): number {
    return this.timeMs;
  }

  /** Times before `nowMs` count as `nowMs`: take the events up to `atMs` first. */
  submit(job: Job<T>, atMs: number): Ticket<T> {
    this.moveTo(atMs);
    const ticket: Ticket<T> = { job, submittedAtMs: this.timeMs, admittedAtMs: undefined, state: 'waiting' };
    this.queue.push(ticket);
    this.waitingCount++;
    this.admit();
    return ticket;
  }

  /** The client went away: its place goes to the next in the queue. */
  abort(ticket: Ticket<T>, atMs: number): void {
    this.moveTo(atMs);
    if (ticket.state === 'waiting') {
      ticket.state = 'aborted';
      this.waitingCount--;
      this.admit();
    } else if (ticket.state === 'running') {
      ticket.state = 'aborted';
      this.leave(ticket);
    }
  }

  /** When the next token is due if nothing else happens. */
  nextAtMs(): number | undefined {
    this.dropAborted();
    const next = this.due.peek();
    return next === undefined ? undefined : this.timeMs + (next.key - this.work) * this.factor;
  }

  /** The next token due at or before `limitMs`; undefined, with the time moved there, when there is none. */
  next(limitMs: number): TokenEvent<T> | undefined {
    const atMs = this.nextAtMs();
    if (atMs === undefined || atMs > limitMs) {
      this.moveTo(limitMs);
      return undefined;
    }
    const { key } = this.due.peek()!;
    const running = this.due.pop()!;
    this.work = Math.max(this.work, key);
    this.timeMs = Math.max(this.timeMs, atMs);
    const { ticket } = running;
    const index = running.nextIndex++;
    const last = running.nextIndex >= ticket.job.outputTokens;
    if (last) {
      ticket.state = 'done';
      this.leave(ticket);
    } else {
      this.due.push(key + ticket.job.gapMs(running.nextIndex), running);
    }
    return { ticket, index, last, atMs: this.timeMs };
  }

  private moveTo(atMs: number): void {
    if (atMs <= this.timeMs) return;
    this.work += (atMs - this.timeMs) / this.factor;
    this.timeMs = atMs;
  }

  private leave(ticket: Ticket<T>): void {
    this.runningCount--;
    this.blocksInUse -= ticket.job.kvBlocks;
    this.factor = loadFactor(this.model, this.runningCount);
    this.admit();
  }

  /** First come, first served: a sequence that does not fit holds up those behind it, as in vLLM. */
  private admit(): void {
    while (this.queueHead < this.queue.length && this.runningCount < this.maxNumSeqs) {
      const ticket = this.queue[this.queueHead]!;
      if (ticket.state !== 'aborted') {
        // One that is larger than the whole cache runs alone instead of waiting for ever.
        if (this.runningCount > 0 && this.blocksInUse + ticket.job.kvBlocks > this.blocks) break;
        this.start(ticket);
      }
      this.queueHead++;
    }
    if (this.queueHead > 1024 && this.queueHead * 2 > this.queue.length) {
      this.queue.splice(0, this.queueHead);
      this.queueHead = 0;
    }
  }

  private start(ticket: Ticket<T>): void {
    ticket.state = 'running';
    ticket.admittedAtMs = this.timeMs;
    this.waitingCount--;
    this.runningCount++;
    this.blocksInUse += ticket.job.kvBlocks;
    this.factor = loadFactor(this.model, this.runningCount);
    this.due.push(this.work + ticket.job.prefillMs, { ticket, nextIndex: 0 });
  }

  private dropAborted(): void {
    while (this.due.peek()?.value.ticket.state === 'aborted') this.due.pop();
  }
}
