import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';

/**
 * The headers' values, out of the environment.
 * @throws CliError for a variable that is not set.
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
  return Object.fromEntries(Object.entries(names).map(([header, variable]) => [header, (env[variable] ?? '').trim()]));
}

/** A server's words without what it repeats of the headers: some show the key that they refuse. */
export function withoutValues(text: string, headers: Readonly<Record<string, string>>): string {
  const parts = Object.values(headers).flatMap((value) => [value, value.split(' ').slice(1).join(' ')]);
  return parts.filter((part) => part !== '').reduce((clean, part) => clean.replaceAll(part, '<redacted>'), text);
}
