import type { Clock } from '#core/ports/clock.ts';

export const BEGAN = '2026-07-01T12:00:00.000Z';

/** A clock that stands until it is moved. */
export class StandingClock implements Clock {
  #nowMs = Date.parse(BEGAN);

  nowMs(): number {
    return this.#nowMs;
  }

  get iso(): string {
    return new Date(this.#nowMs).toISOString();
  }

  forward(seconds: number): void {
    this.#nowMs += seconds * 1000;
  }
}
