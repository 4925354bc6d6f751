import { compareRuns, DEFAULT_THRESHOLD, type Verdict } from '#core/results/compare/compare.ts';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { checkRunId } from '../planning.ts';
import { type Compared, comparisonLines } from '../render/compare.ts';
import { comparisonJson } from '../render/compare-json.ts';
import { openResults, type ResultsPlace } from '../results/open-results.ts';
import type { MeasuredRun, Results } from '../results/results.ts';
import { writeLines } from '../terminal/terminal.ts';

export interface CompareArguments extends ResultsPlace {
  run: string;
  baseline: string;
  /** Per cent. */
  threshold?: string;
  json?: boolean;
}

/** For CI: 0 shown to be none the worse, 1 worse, 3 neither could be shown, or not everything could be compared. */
const EXIT = {
  'no-regression': ExitCode.Succeeded,
  regression: ExitCode.Failed,
  inconclusive: ExitCode.Partial,
} as const satisfies Record<Verdict, ExitCode>;

/** stepbench compare: is a run worse than the one before, beyond chance? */
export async function compare(cli: Cli, args: CompareArguments): Promise<ExitCode> {
  checkRunId(args.run, 'compare');
  checkRunId(args.baseline, '--baseline');
  if (args.run === args.baseline) {
    throw new CliError('bad-usage', 'a run cannot be compared with itself', {
      where: `--baseline ${args.baseline}`,
      nextStep: 'stepbench runs lists the others.',
    });
  }
  const threshold = thresholdOf(args.threshold);
  const results = await openResults(cli, args);
  try {
    const [run, baseline] = [
      await endedRun(results, args.run, args.run),
      await endedRun(results, args.baseline, `--baseline ${args.baseline}`),
    ];
    const comparison = compareRuns(run.rows, baseline.rows, threshold, run.asked);
    const compared: Compared = { run: args.run, baseline: args.baseline, threshold, comparison };
    if (args.json === true) cli.stdout.write(`${JSON.stringify(comparisonJson(compared), null, 2)}\n`);
    else {
      const { stdout } = cli;
      writeLines(stdout, comparisonLines(compared, { width: stdout.width(), paint: stdout.paint }));
    }
    return EXIT[comparison.verdict];
  } finally {
    results.close();
  }
}

/** @returns a share. */
function thresholdOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_THRESHOLD;
  const percent = text.trim() === '' ? Number.NaN : Number(text.replace(/\s*%$/, ''));
  if (percent > 0 && percent < 100) return percent / 100;
  throw new CliError('bad-usage', 'the threshold is no number of per cent between 0 and 100', {
    where: `--threshold ${text}`,
    nextStep: 'Write --threshold 5 for 5 %.',
  });
}

async function endedRun(results: Results, run: string, where: string): Promise<MeasuredRun> {
  const measured = await results.measured(run);
  if (measured === undefined) {
    throw new CliError('run-unknown', 'the store has no such run', {
      where,
      nextStep: 'stepbench runs lists those that it has.',
    });
  }
  if (!measured.ended) {
    throw new CliError(
      'run-active',
      'this run has not ended: what is missing in it cannot be told from what is worse',
      {
        where,
        nextStep: `Wait for it, or go on with: stepbench run --resume ${run}`,
      },
    );
  }
  return measured;
}
