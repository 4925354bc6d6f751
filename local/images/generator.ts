import { Label } from '#core/cluster/names.ts';
import { OFFLINE } from '#core/generators/genai-perf/arguments.ts';
import { countsInO200k } from '#core/generators/tokenizer.ts';
import type { PlannedDeployment } from '#core/plan/types.ts';
import type { Launcher, VirtualStart } from '../cluster/images.ts';
import type { InstalledGenerator } from '../generators/ensure-generator.ts';
import { type VirtualLoadOptions, virtualLoad } from './virtual-load.ts';

export interface GeneratorOptions extends VirtualLoadOptions {
  /** The environment on this machine; undefined on the virtual kubelet, which needs none. */
  installed: InstalledGenerator | undefined;
  /** For what it leaves among temporary files; the machine's own when left out. */
  temporary?: string;
  /** Who is measured: read from the plan, since a virtual generator has no engine to ask. */
  findDeployment: (run: string, deployment: string) => Promise<PlannedDeployment | undefined>;
}

/** The generator's image also holds its own place while the engine loads. */
const HOLD = 'hold';
const HOLD_MS = 30 * 60_000;

/** The real load generator of this machine, or its duration and files. */
export const generator = ({ installed, temporary, findDeployment, ...times }: GeneratorOptions): Launcher => ({
  // Nor is there an instance behind its node.
  simulated: true,
  virtual: async (start) => {
    if (start.container === HOLD) return { durationMs: HOLD_MS };
    const { deployment, cell } = await whatIsMeasured(start, findDeployment);
    return virtualLoad(start, deployment, cell, times);
  },
  process: async (start) => {
    const { container, command, args } = start;
    if (container === HOLD) return { command: process.execPath, args: ['--eval', `setTimeout(() => {}, ${HOLD_MS})`] };
    if (installed === undefined) throw new Error('the load generator is not installed');
    const ours = await ownTokenizer(installed, () => whatIsMeasured(start, findDeployment));
    return {
      command: installed.python,
      args: [...command.slice(1), ...args, ...ours.args],
      env: { ...(temporary !== undefined && { TMPDIR: temporary }), ...installed.env, ...ours.env },
    };
  },
});

/**
 * The manifest names the model's tokenizer, for which genai-perf asks the hub. Where that is o200k_base, the
 * folder on this machine stands for it: the last flag wins. Another model's tokens would be counted wrongly
 * by it, so that one is left to the hub.
 */
async function ownTokenizer(
  { tokenizerFolder }: InstalledGenerator,
  measured: () => Promise<{ deployment: PlannedDeployment }>,
): Promise<{ args: string[]; env: Record<string, string> }> {
  if (tokenizerFolder === undefined) return { args: [], env: {} };
  const { model, endpoint } = (await measured()).deployment;
  // A simulated engine counts by o200k_base, whatever model it plays.
  const isO200k = endpoint === undefined || endpoint.tokenizer === 'builtin';
  if (!isO200k && (endpoint.tokenizer !== undefined || !countsInO200k(model))) return { args: [], env: {} };
  return { args: ['--tokenizer', tokenizerFolder], env: { ...OFFLINE } };
}

async function whatIsMeasured({ pod }: Pick<VirtualStart, 'pod'>, findDeployment: GeneratorOptions['findDeployment']) {
  const labels = pod.metadata.labels ?? {};
  const deployment = await findDeployment(labels[Label.run] ?? '', labels[Label.deployment] ?? '');
  const cell = deployment?.cells.find((one) => one.id === labels[Label.cell]);
  if (deployment === undefined || cell === undefined) throw new Error('this load Job is of no planned cell');
  return { deployment, cell };
}
