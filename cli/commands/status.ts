import { Output } from '#core/stack/outputs.ts';
import type { RunStatusView } from '#lambdas/status/views.ts';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { checkRunId } from '../planning.ts';
import { statusLines } from '../render/status.ts';
import { openStack, type StackArguments } from '../stack/open-stack.ts';
import { writeLines } from '../terminal/terminal.ts';

export interface StatusArguments extends StackArguments {
  run: string;
  /** Lines of each log. */
  tail?: string;
  /** Parts, with commas between them; all of them when left out. */
  what?: string;
  json?: boolean;
}

const PARTS = ['nodes', 'pods', 'events', 'logs'] as const;
const MOST_LINES = 500;

/** stepbench status: what stands of a run in its cluster, through a function of the stack that only reads. */
export async function status(cli: Cli, args: StatusArguments): Promise<ExitCode> {
  checkRunId(args.run, 'status');
  const request = { run: args.run, ...partsOf(args.what), ...tailOf(args.tail) };
  const stack = await openStack(cli, args);
  const view = (await stack.ports.functions.invoke(stack.output(Output.statusFunction), request)) as RunStatusView;
  if (args.json === true) {
    const json = { schema_version: 1, command: 'status', stack: stack.name, ...view };
    cli.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
  } else
    writeLines(
      cli.stdout,
      statusLines(view, { nowMs: cli.nowMs(), width: cli.stdout.width(), paint: cli.stdout.paint }),
    );
  return ExitCode.Succeeded;
}

function partsOf(text: string | undefined): { what?: string[] } {
  if (text === undefined) return {};
  const what = text.split(',').map((part) => part.trim());
  const wrong = what.find((part) => !(PARTS as readonly string[]).includes(part));
  if (wrong === undefined) return { what };
  throw new CliError('bad-usage', 'there is no such part', {
    where: `--what ${wrong}`,
    nextStep: `Name some of ${PARTS.join(',')}, with commas between them.`,
  });
}

function tailOf(text: string | undefined): { tail?: number } {
  if (text === undefined) return {};
  const tail = Number(text);
  if (Number.isInteger(tail) && tail >= 1 && tail <= MOST_LINES) return { tail };
  throw new CliError('bad-usage', `the number of lines is no whole number from 1 to ${MOST_LINES}`, {
    where: `--tail ${text}`,
  });
}
