import { RUN_ID } from '#core/cluster/names.ts';
import { AUTO_IN_AWS } from '#core/generators/generators.ts';
import type { Problem } from '#core/matrix/problems.ts';
import { readMatrix } from '#core/matrix/read.ts';
import type { Matrix } from '#core/matrix/types.ts';
import type { VcpuQuota } from '#core/plan/concurrency.ts';
import { makePlan, type PlanOptions, quotesNeeded, refusals } from '#core/plan/plan.ts';
import { resumeProblems } from '#core/plan/resume.ts';
import { NOTHING_SPENT } from '#core/plan/spending.ts';
import type { GeneratorName, Plan } from '#core/plan/types.ts';
import type { PriceQuote } from '#core/ports/prices.ts';
import { quote } from '#core/pricing/quote.ts';
import { ErrorName, isError } from '#core/workflow/errors.ts';
import { CliError } from './errors.ts';
import { counted } from './render/format.ts';
import type { StartedRun } from './results/results.ts';

/** Prices and quotas as the account has them. */
export interface AskedOfAws {
  quotes: readonly PriceQuote[];
  vcpuQuota: VcpuQuota;
}

/**
 * What a run over the matrix will do and cost, found out before anything is started: as ExpandMatrix will plan it.
 * @param where the matrix stands, for errors.
 * @param options.generatorFor what the matrix's `load.generator` is where the run is to be; AWS when left out.
 * @throws CliError with every problem of the matrix, or when its budget is too small.
 */
export function planOf(
  input: unknown,
  where: string,
  options: {
    run: string;
    nowMs: number;
    /** Of a run that is to be gone on with. */
    before?: Pick<StartedRun, 'measuredCells' | 'spent' | 'planned'>;
    generatorFor?: (asked: 'auto' | GeneratorName) => GeneratorName;
    /** What AWS says today, null when it could not; the checked-in table, and no quota, when left out. */
    asked?: AskedOfAws | null;
  },
): Plan {
  const read = readMatrix(input);
  const { asked, before } = options;
  const { measuredCells, spent } = before ?? { measuredCells: new Set<string>(), spent: NOTHING_SPENT };
  const optionsFor = (matrix: Matrix, generator: GeneratorName): PlanOptions => ({
    run: options.run,
    startedAt: new Date(options.nowMs).toISOString(),
    quotes: asked?.quotes ?? quotesFor(matrix),
    ...(asked && { vcpuQuota: asked.vcpuQuota }),
    generator,
    finishedCells: measuredCells,
    spent,
  });
  const rest = read.ok ? { matrix: read.matrix, flawed: new Set<string>(), isLeast: true } : read.rest;
  const unfit = rest === undefined ? [] : unfitGenerator(rest.matrix, options.generatorFor);
  if (!read.ok || unfit.length > 0) {
    const priced = rest === undefined || asked === null ? [] : refusals(rest, optionsFor(rest.matrix, AUTO_IN_AWS));
    throw invalid([...(read.ok ? [] : read.problems), ...unfit, ...priced], where);
  }
  const auto = options.generatorFor?.('auto') ?? AUTO_IN_AWS;
  const changes = before === undefined ? [] : resumeProblems(before.planned, read.matrix, auto);
  if (changes.length > 0) throw invalid(changes, where);
  const generator = options.generatorFor?.(read.matrix.load.generator) ?? AUTO_IN_AWS;
  const planned = makePlan(read.matrix, optionsFor(read.matrix, generator));
  if (!planned.ok) throw invalid(planned.problems, where);
  return planned.plan;
}

/** The one that the matrix names may not run on this machine. */
function unfitGenerator(
  { load: { generator } }: Pick<Matrix, 'load'>,
  generatorFor: ((asked: 'auto' | GeneratorName) => GeneratorName) | undefined,
): Problem[] {
  try {
    generatorFor?.(generator);
    return [];
  } catch (error) {
    if (!isError(error, ErrorName.GeneratorFailed)) throw error;
    return [
      {
        code: 'generator-unfit',
        path: 'load.generator',
        value: generator,
        message: error.message
          .replace(error.nextStep ?? '', '')
          .trim()
          .replace(/\.$/, ''),
        instead: '"auto" or "aiperf"; or name a perf_analyzer of your own in STEPBENCH_PERF_ANALYZER',
      },
    ];
  }
}

/** Those without a price are left out: the plan says where they stand in the matrix. */
const quotesFor = (matrix: Matrix): PriceQuote[] =>
  quotesNeeded(matrix).flatMap((needed) => {
    try {
      return [quote({ ...needed, region: matrix.region })];
    } catch (error) {
      if (isError(error, ErrorName.UnknownPrice)) return [];
      throw error;
    }
  });

function invalid(problems: readonly Problem[], where: string): CliError {
  const all = (code: Problem['code']) => problems.every((problem) => problem.code === code);
  const details = { where, problems, nextStep: 'Nothing was started.' };
  if (all('budget-too-small')) return new CliError('over-budget', 'the run would cost more than its budget', details);
  if (all('over-quota')) return new CliError('over-quota', 'the quota of the account is too small', details);
  return new CliError('matrix-invalid', `the matrix has ${counted(problems.length, 'problem')}`, details);
}

/** @throws CliError for what is no run id. */
export function checkRunId(run: string, option: string): void {
  if (RUN_ID.test(run)) return;
  throw new CliError('run-id-bad', 'this is no run id', {
    where: `${option} ${run}`,
    nextStep: 'Write 1 to 32 of a-z, 0-9 and -, beginning and ending with a letter or a digit.',
  });
}
