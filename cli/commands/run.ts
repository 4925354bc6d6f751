import type { Plan } from '#core/plan/types.ts';
import type { Cli } from '../cli.ts';
import { storeDirOf } from '../cli.ts';
import { checkEndpoints } from '../endpoint/check.ts';
import { withModel } from '../endpoint/discover.ts';
import { endpointMatrix, endpointOptions } from '../endpoint/matrix.ts';
import { CliError } from '../errors.ts';
import type { ExitCode } from '../exit-codes.ts';
import { readMatrixFile } from '../input/matrix-file.ts';
import { watch } from '../live/watch.ts';
import { checkRunId, planOf } from '../planning.ts';
import { allRunAlready, estimateLines } from '../render/estimate.ts';
import { longCellLines } from '../render/long-cells.ts';
import type { Results } from '../results/results.ts';
import { wrapped } from '../terminal/printable.ts';
import { writeLines } from '../terminal/terminal.ts';
import type { RunArguments } from './run-arguments.ts';
import { endOfRun, refusalOf } from './run-end.ts';
import { writeEnd } from './tell-end.ts';

const LOCAL = 'Nothing of that is spent here: the run is local, and its engines are simulated, but for endpoints.';

/** stepbench run: measures a matrix here, or on a stack in AWS, and answers. */
export async function run(cli: Cli, args: RunArguments): Promise<ExitCode> {
  const { stack } = args;
  if (stack !== undefined) return (await import('./run-stack.ts')).runStack(cli, { ...args, stack });
  const storeDir = storeDirOf(cli, args.store);
  const { matrix, plan } = await prepare(cli, args, storeDir);
  const { width, paint } = cli.stderr;
  writeLines(cli.stderr, [
    ...estimateLines(plan, { width: width(), paint }),
    ...longCellLines(plan, { width: width(), paint }),
    ...(allRunAlready(plan) ? [] : ['', ...wrapped(LOCAL, width())]),
    '',
  ]);
  const named = args.resume ?? args.run;
  const watched = await watch(cli, plan, {
    matrix,
    storeDir,
    kubelet: 'process',
    ...(named === undefined ? {} : { run: named }),
  });
  const refusal = refusalOf(watched);
  if (refusal !== undefined) throw refusal;
  const end = await endOfRun(watched, plan, () => cli.openResults(storeDir));
  writeEnd(cli, end, args.json === true);
  return end.exitCode;
}

async function prepare(cli: Cli, args: RunArguments, storeDir: string): Promise<{ matrix: unknown; plan: Plan }> {
  const { run: named, resume } = args;
  if (named !== undefined && resume !== undefined) {
    throw new CliError('bad-usage', '--run starts a new run and --resume goes on with one', {
      nextStep: 'Give one of them.',
    });
  }
  if (named !== undefined) checkRunId(named, '--run');
  if (resume !== undefined) checkRunId(resume, '--resume');
  const file = await givenMatrix(cli, args);
  const startedBefore = await startedRun(cli, storeDir, resume ?? named);
  if (named !== undefined && startedBefore !== undefined) {
    throw new CliError('run-exists', 'the store has a run of this name already', {
      where: `--run ${named}`,
      nextStep: `Go on with it: stepbench run --resume ${named}. Or choose another name.`,
    });
  }
  if (resume !== undefined && startedBefore === undefined) {
    throw new CliError('run-unknown', 'the store has no such run', {
      where: `--resume ${resume}`,
      nextStep: 'stepbench runs lists those that it has.',
    });
  }
  const matrix = file ?? startedBefore?.matrix;
  if (matrix === undefined) {
    throw new CliError('bad-usage', 'a matrix file is missing', {
      nextStep: 'For example: stepbench run examples/quickstart.json',
    });
  }
  const where = args.matrix ?? (args.endpoint === undefined ? `the matrix of run ${resume}` : '--endpoint');
  const plan = planOf(matrix, where, {
    run: resume ?? named ?? 'new-run',
    nowMs: cli.nowMs(),
    generatorFor: (asked) => cli.chooseGenerator(asked).name,
    ...(startedBefore === undefined ? {} : { before: startedBefore }),
  });
  await checkEndpoints(cli, plan);
  return { matrix, plan };
}

/** From the file, or made for `--endpoint`; the model that its endpoint serves is filled in where it names none. */
async function givenMatrix(cli: Cli, args: RunArguments): Promise<unknown> {
  const { matrix, endpoint, resume } = args;
  if (endpoint === undefined) {
    const [option] = endpointOptions(args);
    if (option !== undefined) {
      throw new CliError('bad-usage', 'this goes with --endpoint; a matrix says it itself', {
        where: option,
        nextStep: 'Give --endpoint URL, or write it into the matrix.',
      });
    }
    return matrix === undefined ? undefined : withModel(cli, await readMatrixFile(matrix));
  }
  if (matrix !== undefined || resume !== undefined) {
    throw new CliError('bad-usage', '--endpoint makes a matrix of its own', {
      where: `--endpoint ${endpoint}`,
      nextStep: 'Leave the matrix out, or write the endpoint into it: examples/endpoint.json has one.',
    });
  }
  return withModel(cli, await endpointMatrix({ ...args, endpoint }));
}

async function startedRun(cli: Cli, storeDir: string, run: string | undefined) {
  if (run === undefined) return undefined;
  let results: Results;
  try {
    results = await cli.openResults(storeDir);
  } catch (error) {
    // The first run makes the store.
    if (error instanceof CliError && error.code === 'store-unknown') return undefined;
    throw error;
  }
  try {
    return await results.started(run);
  } finally {
    results.close();
  }
}
