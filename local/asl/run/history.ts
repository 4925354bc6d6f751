import type { Clock } from '#core/ports/clock.ts';
import { type EventListener, type EventSource, type HistoryEvent, type RawEvent, writeEvent } from './events.ts';
import { StateFailure, StatesError } from './failure.ts';

/** The quota of a Standard execution: event 25,000 is the one that ends it. */
const maxHistoryEvents = 25_000;

/** No event fits any more but the one that ends the execution; nothing can retry or catch it. */
export class HistoryFull extends StateFailure {
  constructor() {
    super(StatesError.Runtime, `The execution reached the maximum number of history events (${maxHistoryEvents}).`);
  }
}

/** What happened in one execution, in order; kept, or only counted and told to the listener. */
export class History {
  readonly #events: RawEvent[] = [];
  #count = 0;
  readonly #isKept: boolean;
  readonly #source: EventSource;
  readonly #clock: Clock;
  readonly #listener: EventListener | undefined;

  constructor(source: EventSource, clock: Clock, listener: EventListener | undefined, isKept = true) {
    this.#isKept = isKept;
    this.#source = source;
    this.#clock = clock;
    this.#listener = listener;
  }

  /**
   * @returns the event's id.
   * @throws HistoryFull when only the place of the last event is left.
   */
  add(type: string, previousEventId: number, details: Record<string, unknown> | undefined): number {
    if (this.#count >= maxHistoryEvents - 1) throw new HistoryFull();
    return this.#append(type, previousEventId, details);
  }

  /** The event that ends the execution; there is always room for it. */
  end(type: string, previousEventId: number, details: Record<string, unknown>): void {
    this.#append(type, previousEventId, details);
  }

  written(): HistoryEvent[] {
    return this.#events.map(writeEvent);
  }

  #append(type: string, previousEventId: number, details: Record<string, unknown> | undefined): number {
    const id = ++this.#count;
    const event: RawEvent = { id, previousEventId, timestampMs: this.#clock.nowMs(), type, details };
    if (this.#isKept) this.#events.push(event);
    this.#listener?.(writeEvent(event), this.#source);
    return id;
  }
}
