import { loadQueries } from '#local/sql/query-files.ts';
import type { Cli } from '../cli.ts';
import { storeDirOf } from '../cli.ts';
import { CliError } from '../errors.ts';
import { openStack } from '../stack/open-stack.ts';
import type { Results } from './results.ts';
import { openStackResults } from './stack-results.ts';

/** Where the results are: in a folder, or in AWS when a stack is named. Never inferred from credentials. */
export interface ResultsPlace {
  store?: string;
  stack?: string;
  region?: string;
}

export async function openResults(cli: Cli, { store, stack, region }: ResultsPlace): Promise<Results> {
  if (stack === undefined) return cli.openResults(storeDirOf(cli, store));
  if (store !== undefined) {
    throw new CliError('bad-usage', '--store is a folder on this machine, and --stack has a bucket of its own', {
      where: `--store ${store}`,
      nextStep: 'Give one of them.',
    });
  }
  const opened = await openStack(cli, { stack, ...(region === undefined ? {} : { region }) });
  return openStackResults(cli, opened, loadQueries());
}
