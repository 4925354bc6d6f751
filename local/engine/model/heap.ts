/** A binary min-heap on a numeric key; equal keys leave in the order they came, so that a run is reproducible. */
export class MinHeap<T> {
  private readonly entries: { key: number; order: number; value: T }[] = [];
  private pushed = 0;

  get size(): number {
    return this.entries.length;
  }

  peek(): { key: number; value: T } | undefined {
    return this.entries[0];
  }

  push(key: number, value: T): void {
    const entries = this.entries;
    const entry = { key, order: this.pushed++, value };
    let at = entries.length;
    entries.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = entries[parent]!;
      if (!before(entry, above)) break;
      entries[at] = above;
      at = parent;
    }
    entries[at] = entry;
  }

  pop(): T | undefined {
    const entries = this.entries;
    const top = entries[0];
    const last = entries.pop();
    if (top === undefined || last === undefined) return undefined;
    if (entries.length === 0) return top.value;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= entries.length) break;
      if (child + 1 < entries.length && before(entries[child + 1]!, entries[child]!)) child++;
      if (!before(entries[child]!, last)) break;
      entries[at] = entries[child]!;
      at = child;
    }
    entries[at] = last;
    return top.value;
  }
}

const before = (a: { key: number; order: number }, b: { key: number; order: number }): boolean =>
  a.key < b.key || (a.key === b.key && a.order < b.order);
