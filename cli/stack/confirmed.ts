import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';

/**
 * Goes on only when the person says yes, at the terminal or by --yes.
 * @throws CliError `not-confirmed`
 */
export async function confirmed(
  cli: Pick<Cli, 'confirm'>,
  { yes, question, what }: { yes: boolean; question: string; what: string },
): Promise<void> {
  if (yes) return;
  const answer = await cli.confirm(question);
  if (answer === true) return;
  throw new CliError(
    'not-confirmed',
    answer === undefined ? `${what}, and there is nobody to ask` : 'nothing was done',
    {
      nextStep: 'Say --yes to go on without being asked.',
    },
  );
}
