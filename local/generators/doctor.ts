import { existsSync } from 'node:fs';
import { mkdir, statfs } from 'node:fs/promises';
import { StepBenchError } from '#core/workflow/errors.ts';
import { cacheDirectory } from './cache-directory.ts';
import { autoGenerator } from './choose-generator.ts';
import { environmentFolder, installationOf } from './installations.ts';
import { perfAnalyzerFit, type System, thisSystem } from './perf-analyzer.ts';
import { findPython } from './python.ts';

export interface GeneratorCheck {
  name: string;
  /** info: it cannot run here, which is no failure while the other one can; nor is it well. */
  status: 'ok' | 'info' | 'fail';
  detail: string;
  nextStep?: string;
}

/** What an installation takes, the downloads that uv keeps included. */
const NEEDED_BYTES = 2e9;

/** What a first run will need on this machine, found out without installing anything. */
export async function checkGenerator(
  cacheDir = cacheDirectory(),
  system: System = thisSystem(),
): Promise<GeneratorCheck[]> {
  const checks: GeneratorCheck[] = [];
  const auto = autoGenerator(system).name;
  let installed = false;
  try {
    const python = await findPython();
    checks.push({ name: 'python', status: 'ok', detail: `${python.version}, ${python.path}` });
    for (const name of ['genai-perf', 'aiperf'] as const) {
      const fit = name === 'genai-perf' ? perfAnalyzerFit(system) : { runs: true as const };
      if (!fit.runs) {
        checks.push({ name, status: 'info', detail: `cannot run here: ${fit.why}` });
        continue;
      }
      const installation = installationOf(name, system.ownPerfAnalyzer !== undefined);
      const folder = await environmentFolder(cacheDir, python, installation);
      const isThere = existsSync(folder);
      if (name === auto) installed = isThere;
      const taken = name === auto ? 'taken by "auto"' : `taken by "load": {"generator": "${name}"}`;
      const where = isThere
        ? `installed in ${folder}`
        : `${installation.size}, installed by the first run that needs it`;
      checks.push({ name, status: 'ok', detail: `${taken}; ${where}` });
    }
  } catch (error) {
    checks.push(failed('python', error));
  }
  if (!installed) checks.push(await checkSpace(cacheDir));
  return checks;
}

async function checkSpace(cacheDir: string): Promise<GeneratorCheck> {
  try {
    await mkdir(cacheDir, { recursive: true });
    const { bavail, bsize } = await statfs(cacheDir);
    const free = bavail * bsize;
    const detail = `${(free / 1e9).toFixed(1)} GB free in ${cacheDir}; an installation takes ${NEEDED_BYTES / 1e9} GB`;
    return free >= NEEDED_BYTES
      ? { name: 'disk space', status: 'ok', detail }
      : {
          name: 'disk space',
          status: 'fail',
          detail,
          nextStep: 'Free some, or name another folder in STEPBENCH_CACHE.',
        };
  } catch (error) {
    return { ...failed('disk space', error), nextStep: 'Name a folder that can be written in STEPBENCH_CACHE.' };
  }
}

function failed(name: string, error: unknown): GeneratorCheck {
  const message = error instanceof Error ? error.message : String(error);
  const nextStep = error instanceof StepBenchError ? error.nextStep : undefined;
  if (nextStep === undefined) return { name, status: 'fail', detail: message };
  return { name, status: 'fail', detail: message.replace(nextStep, '').trim(), nextStep };
}
