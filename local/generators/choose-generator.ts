import type { GeneratorName } from '#core/plan/types.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { perfAnalyzerFit, type System, thisSystem } from './perf-analyzer.ts';

export interface GeneratorChoice {
  name: GeneratorName;
  /** One line for people: which one, and why that one. */
  says: string;
}

/** What `auto` is on this machine: genai-perf where its program runs, else AIPerf. */
export function autoGenerator(system: System = thisSystem()): GeneratorChoice {
  const fit = perfAnalyzerFit(system);
  return fit.runs
    ? { name: 'genai-perf', says: 'genai-perf, which runs on this machine' }
    : { name: 'aiperf', says: `AIPerf, because genai-perf cannot run here: ${fit.why}` };
}

/**
 * The generator of a matrix's `load.generator` on this machine.
 * @throws StepBenchError GeneratorFailed for one that cannot run here.
 */
export function chooseGenerator(asked: 'auto' | GeneratorName, system: System = thisSystem()): GeneratorChoice {
  if (asked === 'auto') return autoGenerator(system);
  if (asked === 'aiperf') return { name: 'aiperf', says: 'AIPerf, as the matrix says' };
  const fit = perfAnalyzerFit(system);
  if (fit.runs) return { name: 'genai-perf', says: 'genai-perf, as the matrix says' };
  throw new StepBenchError(ErrorName.GeneratorFailed, `genai-perf cannot run here: ${fit.why}.`, {
    nextStep:
      'Write "auto" or "aiperf" as load.generator, or name a perf_analyzer of your own in STEPBENCH_PERF_ANALYZER.',
  });
}
