import type { Answer } from '#core/engines/endpoint-answer.ts';
import { withoutSecrets } from '#core/engines/without-secrets.ts';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';

/**
 * The headers' values, out of the environment.
 * @throws CliError for a variable that is not set, or that no header can hold.
 */
export function headersFrom(
  { env }: Pick<Cli, 'env'>,
  names: Readonly<Record<string, string>>,
  where: string,
): Record<string, string> {
  const missing = [...new Set(Object.values(names))].filter((variable) => (env[variable] ?? '').trim() === '');
  if (missing.length > 0) {
    throw new CliError('endpoint-header-missing', `${missing.join(' and ')} of the environment is not set`, {
      where,
      nextStep: `It holds the value of a header that the endpoint is to get: export ${missing[0]}='Bearer ...'`,
    });
  }
  const [unsendable] = Object.values(names).filter((variable) =>
    /[^\t\x20-\x7e\x80-\xff]/.test((env[variable] ?? '').trim()),
  );
  if (unsendable !== undefined) {
    throw new CliError(
      'endpoint-header-missing',
      `${unsendable} of the environment has a line break or another character in it that no header can have`,
      { where, nextStep: 'Set it to the one line that the header is to have.' },
    );
  }
  return Object.fromEntries(Object.entries(names).map(([header, variable]) => [header, (env[variable] ?? '').trim()]));
}

/** An answer without what it repeats of the headers, before anything of it is shown or cut. */
export function withoutValues(answer: Answer, headers: Readonly<Record<string, string>>): Answer {
  const clean = (text: string) => withoutSecrets(text, Object.values(headers));
  return 'network' in answer
    ? { ...answer, message: clean(answer.message) }
    : { ...answer, location: clean(answer.location), body: clean(answer.body) };
}
