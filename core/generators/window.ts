/** Of the measurement, warm-up left out; ms since the epoch, by the clock that the load script has too. */
export interface Window {
  startMs: number;
  endMs: number;
}

export const isWithin = ({ startMs, endMs }: Window, atMs: number): boolean => startMs <= atMs && atMs <= endMs;
