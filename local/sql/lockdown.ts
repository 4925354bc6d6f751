import type { DuckDBConnection } from '@duckdb/node-api';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { literalPattern, quoted } from './quoting.ts';

/**
 * After these a statement reads the results of the store and nothing else on this machine, writes nothing
 * anywhere, loads no extension, and cannot turn any of it back on.
 */
export const lockdown = (resultsFolder: string): readonly string[] => [
  // Of a path it compares what is asked for, which for read_parquet is a pattern.
  `SET allowed_directories = [${quoted(`${resultsFolder}/`)}, ${quoted(`${literalPattern(resultsFolder)}/`)}]`,
  "SET temp_directory = ''",
  'SET autoinstall_known_extensions = false',
  'SET autoload_known_extensions = false',
  'SET enable_external_access = false',
  'SET lock_configuration = true',
];

const VIEW_STATEMENT = /^(?:create\s+(?:or\s+replace\s+)?view|drop\s+view)\b/i;
const READ_STATEMENT = /^(?:select|with|values|show|describe)\b/i;
const COMMENTS = /--.*$|\/\*[\s\S]*?\*\//gm;

/**
 * Lets through one statement that reads, or that makes or drops a view: COPY would be let through by the
 * settings as long as it stays in the results' folder, and merely preparing an EXPORT makes a folder. Behind
 * WITH there may be an INSERT, but there is no table to insert into.
 * @throws StepBenchError QueryFailed for any other.
 */
export async function checkStatement(connection: DuckDBConnection, sql: string): Promise<void> {
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) throw refused(`it holds ${statements.count} statements`);
  const bare = sql.replace(COMMENTS, '').trim();
  if (!VIEW_STATEMENT.test(bare) && !READ_STATEMENT.test(bare)) throw refused('it neither reads nor makes a view');
}

const refused = (reason: string) =>
  new StepBenchError(ErrorName.QueryFailed, `The query was not run: ${reason}.`, { nextStep: 'Give one SELECT.' });
