import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where downloads are kept between runs and projects, as each system has it; STEPBENCH_CACHE overrides it. */
export function cacheDirectory(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const { STEPBENCH_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  if (STEPBENCH_CACHE !== undefined && STEPBENCH_CACHE !== '') return STEPBENCH_CACHE;
  if (XDG_CACHE_HOME !== undefined && XDG_CACHE_HOME !== '') return join(XDG_CACHE_HOME, 'stepbench');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'stepbench');
  if (platform === 'win32' && LOCALAPPDATA !== undefined) return join(LOCALAPPDATA, 'stepbench');
  return join(homedir(), '.cache', 'stepbench');
}
