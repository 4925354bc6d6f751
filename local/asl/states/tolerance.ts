/** How many failed items a Distributed Map puts up with; without either limit, none. */
export class Tolerance {
  readonly #percentage: number | undefined;
  readonly #count: number | undefined;
  #failed = 0;

  constructor(percentage: number | undefined, count: number | undefined) {
    this.#percentage = percentage;
    this.#count = count;
  }

  /** Counts failed items; true when one of the limits is exceeded, of `total` items. */
  isExceededBy(failed: number, total: number): boolean {
    this.#failed += failed;
    const percentage = this.#percentage;
    const count = this.#count;
    if (percentage === undefined && count === undefined) return this.#failed > 0;
    const isOverPercentage = percentage !== undefined && (this.#failed / total) * 100 > percentage;
    return isOverPercentage || (count !== undefined && this.#failed > count);
  }
}
