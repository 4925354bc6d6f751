/** One of several things that run side by side. */
export interface PoolTask {
  /** Gives its result, or a promise of it. */
  run(): unknown;
  succeeded(): void;
  /** Called at once when it failed, before anything else of the pool goes on; the pool then starts nothing more. */
  failed(error: unknown): void;
}

/** After so many tasks that did not have to wait the event loop gets a turn. */
const tasksPerTurn = 256;

/**
 * Runs `count` tasks, at most `limit` at once, and gives their results in order: at once when none had to wait.
 * Tasks are opened in order, first as many as may run together. Fails with the first failure.
 */
export const runPool = (
  count: number,
  limit: number,
  open: (index: number) => PoolTask,
  pause: () => Promise<void>,
): unknown[] | Promise<unknown[]> => {
  const results: unknown[] = new Array(count);
  const ready: { task: PoolTask; index: number }[] = [];
  let opened = 0;
  let finished = 0;
  let isOver = false;
  let settle: { resolve: (results: unknown[]) => void; reject: (error: unknown) => void } | undefined;

  const openMore = () => {
    while (opened < count && opened - finished < limit) ready.push({ task: open(opened), index: opened++ });
  };
  const finish = (task: PoolTask, index: number, result: unknown) => {
    results[index] = result;
    finished++;
    task.succeeded();
    openMore();
  };
  const fail = (task: PoolTask | undefined, error: unknown) => {
    if (isOver) return;
    isOver = true;
    let reason = error;
    try {
      task?.failed(error);
    } catch (worse) {
      reason = worse;
    }
    if (settle === undefined) throw reason;
    settle.reject(reason);
  };
  /** Runs what is ready; what has to wait comes back here when it is done. */
  const drive = () => {
    let ranAtOnce = 0;
    for (let at = 0; !isOver && at < ready.length; at++) {
      if (ranAtOnce === tasksPerTurn) {
        ready.splice(0, at);
        void pause().then(driveOn);
        return;
      }
      const { task, index } = ready[at]!;
      try {
        const result = task.run();
        if (result instanceof Promise) {
          result.then(
            (value) => {
              if (isOver) return;
              attempt(task, () => finish(task, index, value));
              driveOn();
            },
            (error) => fail(task, error),
          );
        } else {
          ranAtOnce++;
          finish(task, index, result);
        }
      } catch (error) {
        fail(task, error);
      }
    }
    ready.length = 0;
  };
  const attempt = (task: PoolTask | undefined, work: () => void) => {
    try {
      work();
    } catch (error) {
      fail(task, error);
    }
  };
  const driveOn = () => {
    attempt(undefined, drive);
    if (!isOver && finished === count) settle?.resolve(results);
  };

  openMore();
  drive();
  if (finished === count) return results;
  return new Promise((resolve, reject) => {
    settle = { resolve, reject };
  });
};
