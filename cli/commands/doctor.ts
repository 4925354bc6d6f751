import type { Cli } from '../cli.ts';
import { storeDirOf } from '../cli.ts';
import type { Check } from '../doctor/check.ts';
import { ExitCode } from '../exit-codes.ts';
import { counted } from '../render/format.ts';
import { oneLine, wrapped } from '../terminal/printable.ts';
import { type Terminal, writeLines } from '../terminal/terminal.ts';

/** stepbench doctor: whether this machine has what a run needs. */
export async function doctor(cli: Cli, args: { store?: string; json?: boolean }): Promise<ExitCode> {
  const checks: Check[] = [];
  for (const check of cli.checks(storeDirOf(cli, args.store))) checks.push(...(await check()));
  const failed = checks.filter(({ status }) => status === 'fail').length;
  if (args.json === true) {
    const json = checks.map(({ name, status, detail, nextStep }) => ({
      name,
      status,
      detail,
      next_step: nextStep ?? null,
    }));
    cli.stdout.write(
      `${JSON.stringify({ schema_version: 1, command: 'doctor', ok: failed === 0, checks: json }, null, 2)}\n`,
    );
  } else {
    writeLines(
      cli.stdout,
      checks.flatMap((check) => checkLines(check, cli.stdout)),
    );
    writeLines(cli.stdout, [
      '',
      failed === 0 ? 'A run can start.' : `${counted(failed, 'thing')} to mend before a run.`,
    ]);
  }
  return failed === 0 ? ExitCode.Succeeded : ExitCode.Failed;
}

const STYLES = { ok: 'green', info: 'dim', warn: 'yellow', fail: 'red' } as const;

function checkLines({ name, status, detail, nextStep }: Check, { paint, width }: Terminal): string[] {
  const [first = '', ...rest] = wrapped(oneLine(`${name}: ${detail}`), width() - 6);
  return [
    `${paint(STYLES[status], status.padEnd(4))}  ${first}`,
    ...rest.map((line) => `      ${line}`),
    ...(nextStep === undefined ? [] : wrapped(oneLine(nextStep), width(), '      ').map((line) => paint('cyan', line))),
  ];
}
