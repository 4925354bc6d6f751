import type { Command } from 'commander';
import type { Cli } from '#cli/cli.ts';
import { CliError, ERROR_CODES, type ErrorCode } from '#cli/errors.ts';
import { programOf } from '#cli/program.ts';

/** Wide enough for two columns beside each other, and narrow enough for a page. */
const COLUMNS = 100;

/** docs/cli.md: what `--help` says of every command, and what a program may rely on. */
export function cliDoc(): string {
  // Help is asked for, and nothing is run: there is no world behind the commands.
  const program = programOf({} as Cli, () => {});
  return `# The command line

Generated from \`cli/\`: what \`stepbench COMMAND --help\` says. In a clone it is \`npx stepbench COMMAND\`. Answers go to
stdout, everything else to stderr, so that \`--json\` and \`--csv\` can be piped. AWS is asked by commands and options that
name a stack, and by no other, whatever credentials there are.

\`\`\`text
${helpOf(program)}
\`\`\`

${sectionsOf(program.commands)}

## Errors

With \`--json\` an error is \`{"error": {"code": ...}}\` with one of these codes. Whose it is says who can do something
about it: the one who typed the command, whoever keeps the machine, or those who wrote StepBench; \`run\` is the run's own
failure.

| code | whose | exit code |
|---|---|---|
${(Object.keys(ERROR_CODES) as ErrorCode[]).map(errorLine).join('\n')}
`;
}

const errorLine = (code: ErrorCode): string =>
  `| \`${code}\` | ${ERROR_CODES[code]} | ${new CliError(code, '').exitCode} |`;

/** With those of a command that is a group of commands. */
const sectionsOf = (commands: readonly Command[], above = ''): string =>
  commands
    .map((command) => {
      const name = `${above}${command.name()}`;
      const section = `## ${name}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\``;
      return command.commands.length === 0 ? section : `${section}\n\n${sectionsOf(command.commands, `${name} `)}`;
    })
    .join('\n\n');

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (more) => {
      text += more;
    },
    getOutHelpWidth: () => COLUMNS,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text.trimEnd();
}
