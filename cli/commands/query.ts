import { nearest } from '#core/matrix/nearest.ts';
import type { SqlRow, SqlValue } from '#core/ports/sql.ts';
import { csv } from '#core/results/csv.ts';
import type { QueryFile } from '#core/results/query-file.ts';
import { ALL_QUESTIONS, type AskedRun, DAY_OF, parametersOf, type QuestionName } from '#core/results/questions.ts';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { deploymentsOf, type KnownDeployment, meantBy } from '../input/deployment.ts';
import { readParameters } from '../input/parameters.ts';
import { checkRunId } from '../planning.ts';
import { questionLines, resultLines } from '../render/query.ts';
import { openResults, type ResultsPlace } from '../results/open-results.ts';
import type { Results } from '../results/results.ts';
import { wrapped } from '../terminal/printable.ts';
import { writeLines } from '../terminal/terminal.ts';

export interface QueryArguments extends ResultsPlace {
  question?: string;
  run?: string;
  param?: readonly string[];
  json?: boolean;
  csv?: boolean;
}

/** stepbench query: lists the questions, or answers one of them. */
export async function query(cli: Cli, args: QueryArguments): Promise<ExitCode> {
  if (args.run !== undefined) checkRunId(args.run, '--run');
  if (args.question === undefined) return list(cli, args);
  if (!(ALL_QUESTIONS as readonly string[]).includes(args.question)) {
    const meant = nearest(args.question, ALL_QUESTIONS);
    throw new CliError('question-unknown', 'there is no such question', {
      where: args.question,
      nextStep: `${meant === undefined ? '' : `Did you mean ${meant}? `}Ask one of these: ${ALL_QUESTIONS.join(', ')}.`,
    });
  }
  const name = args.question as QuestionName;
  const results = await openResults(cli, args);
  try {
    const file = cli.questions().find((question) => question.name === name)!;
    const run = await runToAsk(results, args.run);
    const asked = await withDeployment(results, file, run.run, args.param ?? []);
    const given = readParameters(file, parametersOf(file, run), asked);
    const parameters = await withDays(results, file, given);
    const rows = await results.ask(name, parameters);
    tell(cli, args, { file, run: run.run, parameters, rows });
    if (rows.length === 0) await tellUnfinished(cli, args, results, run.run);
    return ExitCode.Succeeded;
  } finally {
    results.close();
  }
}

/** Rows come into the tables when a run ends, in whatever way: `stepbench runs` counts them before. */
async function tellUnfinished(
  { stderr }: Cli,
  { stack }: QueryArguments,
  results: Results,
  run: string,
): Promise<void> {
  if ((await results.measured(run))?.status !== 'UNFINISHED') return;
  const there = stack === undefined ? '' : ` --stack ${stack}`;
  const told = `Run ${run} is UNFINISHED: what it measured can be asked about once it has ended. Unless it is under way, go on with it: stepbench run --resume ${run}${there}`;
  writeLines(stderr, wrapped(told, stderr.width()));
}

async function list(cli: Cli, args: QueryArguments): Promise<ExitCode> {
  const questions = cli.questions();
  if (args.json === true) {
    const json = questions.map(({ name, question, notes, parameters, columns }) => ({
      name,
      question,
      notes,
      parameters,
      columns,
    }));
    cli.stdout.write(`${JSON.stringify({ schema_version: 1, command: 'query', questions: json }, null, 2)}\n`);
  } else writeLines(cli.stdout, questionLines(questions, { width: cli.stdout.width(), paint: cli.stdout.paint }));
  return ExitCode.Succeeded;
}

/** The run that was named, or the last one. */
async function runToAsk(results: Results, named: string | undefined): Promise<AskedRun> {
  const id = named ?? (await results.runs())[0]?.run;
  const started = id === undefined ? undefined : await results.started(id);
  if (id === undefined || started === undefined) {
    const missing = named === undefined ? 'the store has no run yet' : 'the store has no such run';
    throw new CliError(named === undefined ? 'no-runs' : 'run-unknown', missing, {
      ...(named === undefined ? {} : { where: `--run ${named}` }),
      nextStep:
        named === undefined
          ? 'Make one with: stepbench run examples/quickstart.json'
          : 'stepbench runs lists those that it has.',
    });
  }
  return { run: id, day: started.day, slo: started.slo };
}

const DEPLOYMENT = 'deployment_id=';

/** The `name=value` of a question, with the id of the deployment that people have named in whatever way. */
async function withDeployment(
  results: Results,
  { parameters, name }: QueryFile,
  run: string,
  given: readonly string[],
): Promise<readonly string[]> {
  if (!parameters.some((parameter) => `${parameter.name}=` === DEPLOYMENT)) return given;
  const named = given.find((text) => text.startsWith(DEPLOYMENT));
  const here = await deploymentsIn(results, run);
  if (named === undefined) {
    const [only, ...more] = here;
    if (only !== undefined && more.length === 0) return [...given, DEPLOYMENT + only.id];
    throw new CliError('parameter-missing', `${name} needs a deployment`, { nextStep: choices(here) });
  }
  const text = named.slice(DEPLOYMENT.length).trim();
  for await (const known of knownFrom(results, run, here)) {
    const [one, ...others] = meantBy(text, known);
    if (one === undefined) continue;
    if (others.length === 0) return given.map((param) => (param === named ? DEPLOYMENT + one.id : param));
    throw new CliError('parameter-bad', 'more than one deployment is meant', {
      where: `--param ${named}`,
      nextStep: choices([one, ...others]),
    });
  }
  throw new CliError('parameter-bad', 'no run of the store has rows of such a deployment', {
    where: `--param ${named}`,
    nextStep: choices(here),
  });
}

const deploymentsIn = async (results: Results, run: string): Promise<KnownDeployment[]> =>
  deploymentsOf((await results.measured(run))?.rows ?? []);

/** Of the run that is asked, then of the others from the latest on: one that is no longer measured has a history too. */
async function* knownFrom(results: Results, run: string, here: readonly KnownDeployment[]) {
  yield here;
  for (const { run: other, status } of await results.runs()) {
    if (other !== run && status !== 'UNREADABLE') yield await deploymentsIn(results, other);
  }
}

/** So many fit on a screen. */
const MOST_CHOICES = 12;

function choices(known: readonly KnownDeployment[]): string {
  const how = 'an id or its beginning, or as much of a configuration as tells it from others ("g5.12xlarge TP=4")';
  if (known.length === 0) return `Add --param deployment_id=VALUE: ${how}.`;
  const shown = known.slice(0, MOST_CHOICES).map(({ id, label }) => `${id} (${label})`);
  const more = known.length > shown.length ? ` and ${known.length - shown.length} more` : '';
  return `Add --param deployment_id=VALUE: ${how}. There are ${shown.join(', ')}${more}.`;
}

/** The days of the other runs that a question is about: people name runs, and the store knows where their rows lie. */
async function withDays(
  results: Results,
  { parameters }: QueryFile,
  given: readonly (SqlValue | undefined)[],
): Promise<readonly SqlValue[]> {
  const of = (name: string) => given[parameters.findIndex((parameter) => parameter.name === name)];
  return Promise.all(
    parameters.map(async ({ name }, index) => {
      const runParameter = DAY_OF[name];
      if (runParameter === undefined) return given[index] as SqlValue;
      const run = String(of(runParameter));
      checkRunId(run, `--param ${runParameter}`);
      const started = await results.started(run);
      if (started !== undefined) return started.day;
      throw new CliError('run-unknown', 'the store has no such run', {
        where: `--param ${runParameter}=${run}`,
        nextStep: 'stepbench runs lists those that it has.',
      });
    }),
  );
}

interface Answered {
  file: QueryFile;
  run: string;
  parameters: readonly SqlValue[];
  rows: readonly SqlRow[];
}

function tell({ stdout }: Cli, args: QueryArguments, { file, run, parameters, rows }: Answered): void {
  if (args.json === true) {
    const given = Object.fromEntries(file.parameters.map(({ name }, index) => [name, parameters[index] ?? null]));
    const json = {
      schema_version: 1,
      command: 'query',
      name: file.name,
      question: file.question,
      run,
      parameters: given,
      columns: file.columns,
      rows,
    };
    stdout.write(`${JSON.stringify(json, null, 2)}\n`);
  } else if (args.csv === true)
    stdout.write(
      csv(
        file.columns.map(({ name }) => name),
        rows,
      ),
    );
  else {
    const look = { width: stdout.width(), paint: stdout.paint };
    writeLines(stdout, resultLines({ question: file, run, parameters }, rows, look));
  }
}
