import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { checkRunId } from '../planning.ts';
import { openResults, type ResultsPlace } from '../results/open-results.ts';
import type { Results } from '../results/results.ts';
import { oneLine } from '../terminal/printable.ts';
import { writeLines } from '../terminal/terminal.ts';

export interface ReportArguments extends ResultsPlace {
  run?: string;
  open?: boolean;
  json?: boolean;
}

/** stepbench report: writes the report of a run anew and says where it is. */
export async function report(cli: Cli, args: ReportArguments): Promise<ExitCode> {
  if (args.run !== undefined) checkRunId(args.run, 'run');
  const results = await openResults(cli, args);
  try {
    const run = await runToShow(results, args.run);
    const path = await results.report(run);
    const index = results.locate('runs/index.html');
    if (args.json === true) {
      cli.stdout.write(
        `${JSON.stringify({ schema_version: 1, command: 'report', run, report: path, index }, null, 2)}\n`,
      );
    } else {
      // The path alone, so that it can be handed to another program.
      writeLines(cli.stdout, [oneLine(path)]);
      writeLines(cli.stderr, [`All runs: ${oneLine(index)}`]);
    }
    if (args.open === true) await cli.openFile(path);
    return ExitCode.Succeeded;
  } finally {
    results.close();
  }
}

/** The run that was named, or the last one. */
async function runToShow(results: Results, named: string | undefined): Promise<string> {
  const run = named ?? (await results.runs())[0]?.run;
  if (run !== undefined && (await results.started(run)) !== undefined) return run;
  if (named === undefined) {
    throw new CliError('no-runs', 'the store has no run yet', {
      nextStep: 'Make one with: stepbench run examples/quickstart.json',
    });
  }
  throw new CliError('run-unknown', 'the store has no such run', {
    where: named,
    nextStep: 'stepbench runs lists those that it has.',
  });
}
