import { PROCESS_START, VLLM_COUNTERS, VLLM_GAUGES } from '../engines/vllm-metrics.ts';
import { type ArtifactFiles, ArtifactName, readText } from './artifacts.ts';
import { samplesOf, seriesOf } from './exposition.ts';

export interface EngineWord {
  /**
   * What the engine itself counted between the two scrapes of the load script, the warm-up included, and the
   * peaks of its gauges in between. Keys are the engine's own metric names. Null where it has no such metrics.
   */
  engineCounters: Record<string, number> | null;
  /** Null where nobody could tell. */
  engineRestarted: boolean | null;
}

/**
 * An engine that was started again in between has another process_start_time_seconds, and counters that went
 * down. What it then counted is not what the cell made it do, so there are no counters.
 */
export async function readEngineWord(files: ArtifactFiles): Promise<EngineWord> {
  const [before, after, during] = await Promise.all([
    readText(files, ArtifactName.metricsBefore),
    readText(files, ArtifactName.metricsAfter),
    readText(files, ArtifactName.metricsDuring),
  ]);
  if (before === undefined || after === undefined || isCut(before) || isCut(after)) return UNKNOWN;
  const first = totals(before, [...VLLM_COUNTERS, PROCESS_START]);
  const last = totals(after, [...VLLM_COUNTERS, PROCESS_START]);
  // What was not there before is not known to have been 0: an engine's counters are there from its start.
  const growth = [...last].flatMap(([name, end]): [string, number][] => {
    const begin = first.get(name);
    return name === PROCESS_START || begin === undefined ? [] : [[name, end - begin]];
  });
  const started = [first.get(PROCESS_START), last.get(PROCESS_START)];
  if (growth.some(([, by]) => by < 0) || (!started.includes(undefined) && started[0] !== started[1])) {
    return { engineCounters: null, engineRestarted: true };
  }
  const counters = Object.fromEntries(growth);
  for (const { exposition } of samplesOf(during)) {
    for (const [name, value] of totals(exposition, VLLM_GAUGES)) {
      counters[name] = Math.max(counters[name] ?? 0, value);
    }
  }
  return Object.keys(counters).length === 0 ? UNKNOWN : { engineCounters: counters, engineRestarted: false };
}

/** The text format ends with a line feed: without it the last number may be the half of one. */
const isCut = (exposition: string): boolean => exposition !== '' && !exposition.endsWith('\n');

const UNKNOWN: EngineWord = { engineCounters: null, engineRestarted: null };

/** Series of one name are summed, but for shares, where the fullest counts. */
function totals(exposition: string, names: readonly string[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { name, value } of seriesOf(exposition, names)) {
    const sum = sums.get(name);
    if (sum === undefined) sums.set(name, value);
    else sums.set(name, name.endsWith('_perc') ? Math.max(sum, value) : sum + value);
  }
  return sums;
}
