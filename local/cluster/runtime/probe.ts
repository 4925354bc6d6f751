import type { Timers } from '../timers.ts';
import type { Readiness } from './container-runtime.ts';

export interface HttpWatch {
  timers: Timers;
  probes: Readiness;
  /** Instead of the probes' own. */
  periodMs: number | undefined;
  /** Undefined until the process has said where it listens. */
  port: () => number | undefined;
  listener: (ready: boolean) => void;
}

/**
 * Looks until told to stop. Before the first success the startup probe's rules hold, then the readiness
 * probe's: so many failures in a row make it unready.
 * @returns stops it.
 */
export function watchHttp({ timers, probes, periodMs, port, listener }: HttpWatch): () => void {
  const { startup, readiness } = probes;
  let isStopped = false;
  let hasStarted = startup === undefined;
  let isReady = false;
  let failures = 0;
  let cancel = () => {};

  const turn = (ready: boolean) => {
    if (ready === isReady) return;
    isReady = ready;
    listener(ready);
  };
  const look = async () => {
    const probe = (hasStarted ? readiness : startup) ?? startup ?? {};
    const ok = await answers(port(), probe.httpGet?.path ?? '/', (probe.timeoutSeconds ?? 1) * 1000);
    if (isStopped) return;
    if (ok) {
      hasStarted = true;
      failures = 0;
      turn(true);
    } else if (++failures >= (readiness?.failureThreshold ?? 3)) {
      turn(false);
    }
    if (isReady && readiness === undefined) return;
    cancel = timers.after(periodMs ?? (probe.periodSeconds ?? 10) * 1000, look);
  };
  cancel = timers.after(periodMs ?? ((startup ?? readiness)?.initialDelaySeconds ?? 0) * 1000, look);
  return () => {
    isStopped = true;
    cancel();
  };
}

async function answers(port: number | undefined, path: string, timeoutMs: number): Promise<boolean> {
  if (port === undefined) return false;
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
