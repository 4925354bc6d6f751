import { marksOf } from '#core/results/marks.ts';
import type { Cli } from '../cli.ts';
import { ExitCode } from '../exit-codes.ts';
import { table } from '../render/table.ts';
import { openResults, type ResultsPlace } from '../results/open-results.ts';
import type { RunSummary } from '../results/results.ts';
import { oneLine, wrapped } from '../terminal/printable.ts';
import { writeLines } from '../terminal/terminal.ts';

/** stepbench runs: what the store has, the one worked on last first. */
export async function runs(cli: Cli, args: ResultsPlace & { json?: boolean }): Promise<ExitCode> {
  const results = await openResults(cli, args);
  try {
    const found = await results.runs();
    if (args.json === true) cli.stdout.write(`${JSON.stringify(runsJson(found), null, 2)}\n`);
    else writeLines(cli.stdout, runLines(found, cli, args.stack));
    return ExitCode.Succeeded;
  } finally {
    results.close();
  }
}

const STYLES = {
  SUCCEEDED: 'green',
  PARTIAL: 'yellow',
  FAILED: 'red',
  ABORTED: 'red',
  UNFINISHED: 'cyan',
  UNREADABLE: 'red',
} as const;

function runLines(found: readonly RunSummary[], { stdout }: Cli, stack: string | undefined): string[] {
  const there = stack === undefined ? '' : ` --stack ${stack}`;
  if (found.length === 0) return ['The store has no run yet. Make one with: stepbench run examples/quickstart.json'];
  const anyResumed = found.some(({ executions }) => executions > 1);
  const rows = found.map(({ run, name, startedAt, lastStartedAt, executions, status, cells, ...of }) => [
    run,
    { text: status, style: STYLES[status] },
    status === 'UNREADABLE' ? '' : `${cells.valid}/${cells.total}`,
    minute(startedAt),
    ...(anyResumed
      ? [executions === 0 ? '' : executions > 1 ? `${executions}, last ${minute(lastStartedAt)}` : '1']
      : []),
    name,
    marksOf(of).at(-1) ?? '',
  ]);
  const columns = [
    { title: 'run' },
    { title: 'status' },
    { title: 'valid cells', align: 'right' as const },
    { title: 'started (UTC)', spare: 1 },
    ...(anyResumed ? [{ title: 'executions', spare: 1 }] : []),
    { title: 'matrix', spare: 2 },
    { title: '', spare: 3 },
  ];
  const aborted = found.find(({ status }) => status === 'ABORTED');
  const broken = found.filter(({ status }) => status === 'UNREADABLE');
  const unfinished = found.find(({ status }) => status === 'UNFINISHED');
  return [
    ...table(columns, rows, { width: stdout.width(), paint: stdout.paint }),
    ...(unfinished === undefined
      ? []
      : ['', `UNFINISHED is under way or was cut off. Go on with: stepbench run --resume ${unfinished.run}${there}`]),
    ...(aborted === undefined
      ? []
      : [
          '',
          `ABORTED was stopped; what was measured is kept. Go on with: stepbench run --resume ${aborted.run}${there}`,
        ]),
    ...(broken.length === 0
      ? []
      : [
          '',
          'UNREADABLE:',
          ...broken.flatMap(({ run, unreadable = '' }) =>
            wrapped(oneLine(`${run}: ${unreadable}`), stdout.width(), '  '),
          ),
        ]),
  ];
}

const minute = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

const runsJson = (found: readonly RunSummary[]) => ({
  schema_version: 1,
  command: 'runs',
  runs: found.map(
    ({ run, name, startedAt, lastStartedAt, executions, status, cells, simulated, extrapolated, unreadable }) => ({
      run,
      name,
      started_at: startedAt || null,
      last_started_at: lastStartedAt || null,
      executions,
      status,
      cells,
      simulated,
      extrapolated,
      unreadable: unreadable ?? null,
    }),
  ),
});
