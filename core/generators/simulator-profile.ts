import { type ArtifactFiles, ArtifactName, readText } from './artifacts.ts';
import { seriesOf } from './exposition.ts';

/** A simulated engine says on its /metrics where its timing is from. */
const INFO = 'stepbench_simulator_info';

/** seed, extrapolated or custom, as the simulator says it; null for an engine that is no simulation. */
export async function readSimulatorProfile(files: ArtifactFiles): Promise<string | null> {
  const metrics = await readText(files, ArtifactName.metricsBefore);
  for (const { labels } of seriesOf(metrics ?? '', [INFO])) {
    const source = /(?:^|,)profile_source="([a-z-]+)"/.exec(labels)?.[1];
    if (source !== undefined) return source;
  }
  return null;
}
