import type { Sql } from '#core/ports/sql.ts';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { AWS_LATENCIES, ENGINE_LOAD_MS } from '../cluster/latencies.ts';
import { memoryStore } from '../store/memory-store.ts';
import type { Rehearse } from './contract.ts';
import { execute } from './execute.ts';
import { finish } from './finish.ts';
import { openRuntime } from './runtime.ts';

/** Nobody reads the answers of a rehearsal. */
const silentSql: Sql = {
  start: async ({ token }) => token,
  status: async () => ({ state: 'SUCCEEDED', scannedBytes: 0 }),
  rows: async function* () {},
};

/** Nothing of it leaves this process's memory, so that ending it takes no more than to stop its time. */
export const rehearse: Rehearse = async ({ matrix, run, onEvent, signal }) => {
  const clock = new VirtualClock({ startMs: Date.now() });
  const runtime = await openRuntime({
    clock,
    store: memoryStore(),
    sql: silentSql,
    executions: { isRunning: async () => true },
    kubelet: 'virtual',
    latencies: AWS_LATENCIES,
    engineLoadMs: ENGINE_LOAD_MS,
  });
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = () => {
    clock.stop();
    reject(signal.reason);
  };
  signal.throwIfAborted();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const startedAtMs = clock.nowMs();
    const ended = execute(runtime, { matrix, run, name: run, ...(onEvent && { onEvent }) }).then((executing) =>
      finish(runtime, executing, run, startedAtMs),
    );
    return await Promise.race([ended, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
};
