import { type ArtifactFiles, ArtifactName, readText } from './artifacts.ts';

/**
 * How far the wall clock of the load generator's machine moved against its monotonic clock, in s: more than some ms
 * where it was set. Null where the load script has not sampled both twice.
 */
export async function readClockStepSeconds(files: ArtifactFiles): Promise<number | null> {
  const offsets = ((await readText(files, ArtifactName.clock)) ?? '').split('\n').flatMap((line) => {
    const [, wall, monotonic] = /^(\d+\.\d{6}) (\d+\.\d{6})$/.exec(line) ?? [];
    return wall === undefined ? [] : [Number(wall) - Number(monotonic)];
  });
  return offsets.length < 2 ? null : Math.max(...offsets) - Math.min(...offsets);
}
