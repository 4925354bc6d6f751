import { VLLM_COUNTERS, VLLM_GAUGES } from '../engines/vllm-metrics.ts';
import { type ArtifactFiles, ArtifactName, readText } from './artifacts.ts';

/**
 * What the engine itself counted between the two scrapes of the load script, the warm-up included, and the
 * peaks of its gauges in between. Keys are the engine's own metric names. Null where it has no such metrics,
 * or where a counter went down, because then the engine was started again in between.
 */
export async function readEngineCounters(files: ArtifactFiles): Promise<Record<string, number> | null> {
  const [before, after, during] = await Promise.all([
    readText(files, ArtifactName.metricsBefore),
    readText(files, ArtifactName.metricsAfter),
    readText(files, ArtifactName.metricsDuring),
  ]);
  if (before === undefined || after === undefined) return null;
  const first = totals(before, VLLM_COUNTERS);
  const last = totals(after, VLLM_COUNTERS);
  const counters: Record<string, number> = {};
  for (const [name, end] of last) {
    const growth = end - (first.get(name) ?? 0);
    if (growth < 0) return null;
    counters[name] = growth;
  }
  for (const sample of (during ?? '').split(SAMPLE_END)) {
    for (const [name, value] of totals(sample, VLLM_GAUGES)) counters[name] = Math.max(counters[name] ?? 0, value);
  }
  return Object.keys(counters).length === 0 ? null : counters;
}

/** What the load script writes between two samples of the gauges. */
export const SAMPLE_END = '# sample\n';

/** name{labels} value [timestamp]; series of one name are summed, but for shares, where the fullest counts. */
const SERIES = /^([A-Za-z_:][\w:]*)(?:\{.*\})?[ \t]+(\S+)/;

function totals(exposition: string, names: readonly string[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const line of exposition.split('\n')) {
    const [, name, text] = SERIES.exec(line) ?? [];
    if (name === undefined || !names.includes(name)) continue;
    const value = Number(text);
    if (!Number.isFinite(value)) continue;
    const sum = sums.get(name);
    if (sum === undefined) sums.set(name, value);
    else sums.set(name, name.endsWith('_perc') ? Math.max(sum, value) : sum + value);
  }
  return sums;
}
