export interface Timer {
  deadlineMs: number;
  /** Set by the queue; breaks ties, so that equal deadlines fire in the order in which they were set. */
  order: number;
  fire: () => void;
  cancelled: boolean;
  queued: boolean;
}

const isBefore = (a: Timer, b: Timer): boolean =>
  a.deadlineMs < b.deadlineMs || (a.deadlineMs === b.deadlineMs && a.order < b.order);

/**
 * A binary heap of timers. A cancelled timer stays until it surfaces; when more than half are cancelled
 * the heap is rebuilt, since every task with a timeout cancels a timer that lies far in the future.
 */
export class TimerQueue {
  #heap: Timer[] = [];
  #cancelled = 0;
  #nextOrder = 0;

  /** How many timers are still to fire. */
  get size(): number {
    return this.#heap.length - this.#cancelled;
  }

  add(deadlineMs: number, fire: () => void): Timer {
    const timer: Timer = { deadlineMs, order: this.#nextOrder++, fire, cancelled: false, queued: true };
    this.#heap.push(timer);
    this.#siftUp(this.#heap.length - 1);
    return timer;
  }

  cancel(timer: Timer): void {
    if (timer.cancelled) return;
    timer.cancelled = true;
    if (!timer.queued) return;
    this.#cancelled++;
    if (this.#cancelled > 64 && this.#cancelled * 2 > this.#heap.length) this.#compact();
  }

  peek(): Timer | undefined {
    while (this.#heap[0]?.cancelled) {
      this.#removeFirst();
      this.#cancelled--;
    }
    return this.#heap[0];
  }

  /** Removes and returns the timers due at `nowMs`, in the order in which they fire. */
  takeDue(nowMs: number): Timer[] {
    const due: Timer[] = [];
    for (let first = this.peek(); first !== undefined && first.deadlineMs <= nowMs; first = this.peek()) {
      this.#removeFirst();
      first.queued = false;
      due.push(first);
    }
    return due;
  }

  #removeFirst(): void {
    const last = this.#heap.pop()!;
    if (this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#siftDown(0);
  }

  #compact(): void {
    this.#heap = this.#heap.filter((timer) => !timer.cancelled);
    this.#cancelled = 0;
    for (let at = (this.#heap.length >> 1) - 1; at >= 0; at--) this.#siftDown(at);
  }

  #siftUp(from: number): void {
    const heap = this.#heap;
    const timer = heap[from]!;
    let at = from;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt]!;
      if (!isBefore(timer, parent)) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = timer;
  }

  #siftDown(from: number): void {
    const heap = this.#heap;
    const timer = heap[from]!;
    let at = from;
    for (;;) {
      let childAt = 2 * at + 1;
      if (childAt >= heap.length) break;
      if (childAt + 1 < heap.length && isBefore(heap[childAt + 1]!, heap[childAt]!)) childAt++;
      const child = heap[childAt]!;
      if (!isBefore(child, timer)) break;
      heap[at] = child;
      at = childAt;
    }
    heap[at] = timer;
  }
}
