import { type ArtifactFiles, ArtifactName, readText } from './artifacts.ts';
import { samplesOf, seriesOf } from './exposition.ts';
import type { Window } from './window.ts';

/** What the load script writes of its machine's processors: seconds since boot, over all of them. */
export const CpuMetric = { busy: 'stepbench_cpu_busy_seconds_total', all: 'stepbench_cpu_seconds_total' } as const;

/**
 * The share of its machine's CPU time that was in use while the load generator measured, 0 to 1: of everything
 * that ran there, because whatever takes the CPU takes it from the generator. Read between the samples around
 * the window's ends. Null where the machine does not say.
 */
export async function readClientCpuShare(files: ArtifactFiles, { startMs, endMs }: Window): Promise<number | null> {
  const points = samplesOf(await readText(files, ArtifactName.clientCpu)).flatMap(({ atMs, exposition }) => {
    const values = new Map([...seriesOf(exposition, Object.values(CpuMetric))].map(({ name, value }) => [name, value]));
    const [busy, all] = [values.get(CpuMetric.busy), values.get(CpuMetric.all)];
    return busy === undefined || all === undefined ? [] : [{ atMs, busy, all }];
  });
  if (points.length < 2) return null;
  const grown = (of: (point: (typeof points)[number]) => number) => at(points, of, endMs) - at(points, of, startMs);
  const [busy, all] = [grown((point) => point.busy), grown((point) => point.all)];
  return all > 0 && busy >= 0 ? Math.min(1, busy / all) : null;
}

/** A straight line between the samples before and after; the first or the last beyond them. */
function at<P extends { atMs: number }>(points: readonly P[], of: (point: P) => number, ms: number): number {
  const after = points.findIndex(({ atMs }) => atMs >= ms);
  const [left, right] = after < 0 ? [points.at(-1), undefined] : [points[after - 1], points[after]];
  if (left === undefined || right === undefined) return of((left ?? right) as P);
  const share = (ms - left.atMs) / (right.atMs - left.atMs);
  return of(left) + share * (of(right) - of(left));
}
