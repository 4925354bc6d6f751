/** The time of day as tasks see it. Tasks never wait: waiting is the state machine's business. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
}

export const isoTime = (clock: Clock): string => new Date(clock.nowMs()).toISOString();
