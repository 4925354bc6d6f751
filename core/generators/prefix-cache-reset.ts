import { type ArtifactFiles, ArtifactName, readText } from './artifacts.ts';

/** Not the engine's to answer, or not offered: vLLM has the route in its development mode only. */
const NOT_OFFERED = new Set([404, 405, 501]);

/**
 * Whether the engine dropped its prefix cache before the cell. Null where it was not asked or does not offer it.
 * vLLM answers 200 and an empty body; where it checks, `{"success": false}` says that blocks were still in use.
 */
export async function readPrefixCacheReset(files: ArtifactFiles): Promise<boolean | null> {
  const text = await readText(files, ArtifactName.prefixCacheReset);
  if (text === undefined) return null;
  const status = Number(/^\d{3}\b/.exec(text)?.[0]);
  if (NOT_OFFERED.has(status)) return null;
  return status >= 200 && status < 300 && !/"success"\s*:\s*false/.test(text);
}
