/** Values by name, of which those with a common beginning are found without a look at the others. */
export class SortedNames<V> {
  readonly #values = new Map<string, V>();
  /** In the order of UTF-16, in which names with a common beginning stand together. */
  readonly #names: string[] = [];

  get(name: string): V | undefined {
    return this.#values.get(name);
  }

  set(name: string, value: V): void {
    if (!this.#values.has(name)) this.#names.splice(this.#firstNotBefore(name), 0, name);
    this.#values.set(name, value);
  }

  delete(name: string): void {
    if (this.#values.delete(name)) this.#names.splice(this.#firstNotBefore(name), 1);
  }

  /** A list of its own: what is set or deleted meanwhile does not change it. */
  startingWith(prefix: string): string[] {
    const first = this.#firstNotBefore(prefix);
    let end = first;
    while (this.#names[end]?.startsWith(prefix)) end++;
    return this.#names.slice(first, end);
  }

  #firstNotBefore(name: string): number {
    let low = 0;
    let high = this.#names.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#names[middle]! < name) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
