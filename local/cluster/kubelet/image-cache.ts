import type { Timers } from '../timers.ts';

/** Which images a node has, and when those under way will be there: a second pod waits for the first one's pull. */
export class ImageCache {
  readonly #timers: Timers;
  readonly #thereAtMs = new Map<string, Map<string, number>>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** @returns ms until the image is there; 0 when it is. */
  pull(node: string, image: string, pullMs: number): number {
    const ofNode = this.#thereAtMs.get(node) ?? new Map<string, number>();
    this.#thereAtMs.set(node, ofNode);
    const nowMs = this.#timers.clock.nowMs();
    const atMs = ofNode.get(image) ?? nowMs + pullMs;
    ofNode.set(image, atMs);
    return Math.max(0, atMs - nowMs);
  }

  has(node: string, image: string): boolean {
    return (this.#thereAtMs.get(node)?.get(image) ?? Number.POSITIVE_INFINITY) <= this.#timers.clock.nowMs();
  }

  forget(node: string): void {
    this.#thereAtMs.delete(node);
  }
}

/** As Go prints a duration: `4m0s`, `1.2s`, `300ms`. */
export function goDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  const seconds = Math.round(ms / 100) / 10;
  const minutes = Math.floor(seconds / 60);
  const rest = `${Math.round((seconds % 60) * 10) / 10}s`;
  if (minutes === 0) return rest;
  return minutes < 60 ? `${minutes}m${rest}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${rest}`;
}
