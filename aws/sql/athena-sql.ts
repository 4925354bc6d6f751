import {
  type AthenaClient,
  GetQueryExecutionCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import type { Sql, SqlStatus } from '#core/ports/sql.ts';
import { ConflictError, ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { calling } from '../errors/aws-error.ts';
import { executionParameter } from './parameters.ts';
import { clientRequestToken } from './request-token.ts';
import { resultRows } from './result-rows.ts';

export interface AthenaConfig {
  workgroup: string;
  /** Of Glue, in the account's own catalog. */
  database: string;
}

/**
 * A query service over an Athena workgroup, whose own configuration says where results go and how many bytes a
 * statement may scan.
 *
 * @throws StepBenchError Retryable, or QueryFailed; Conflict for another statement under a token that was used.
 */
export function athenaSql(client: AthenaClient, { workgroup, database }: AthenaConfig): Sql {
  const describe = async (queryId: string): Promise<QueryExecution> => {
    const { QueryExecution: found } = await athena(`GetQueryExecution of ${queryId}`, () =>
      client.send(new GetQueryExecutionCommand({ QueryExecutionId: queryId })),
    );
    if (found === undefined) throw new StepBenchError(ErrorName.QueryFailed, `No query has the id ${queryId}.`);
    return found;
  };

  return {
    start: async ({ sql, parameters = [], token }) => {
      const { QueryExecutionId } = await athena(`StartQueryExecution in workgroup ${workgroup}`, async () => {
        try {
          return await client.send(
            new StartQueryExecutionCommand({
              QueryString: sql,
              // An empty list is refused.
              ...(parameters.length === 0 ? {} : { ExecutionParameters: parameters.map(executionParameter) }),
              ClientRequestToken: clientRequestToken(token),
              WorkGroup: workgroup,
              QueryExecutionContext: { Catalog: 'AwsDataCatalog', Database: database },
            }),
          );
        } catch (error) {
          if (isOtherStatement(error)) {
            throw new ConflictError(`The token ${token} has started another statement.`, { cause: error });
          }
          throw error;
        }
      });
      return QueryExecutionId as string;
    },

    status: async (queryId) => statusOf(await describe(queryId)),

    rows: async function* (queryId) {
      const execution = await describe(queryId);
      const { state } = statusOf(execution);
      if (state !== 'SUCCEEDED') {
        throw new StepBenchError(ErrorName.QueryFailed, `Query ${queryId} has no rows: it is ${state}.`);
      }
      // A view or another DDL statement answers nothing, or text that is no table.
      if (execution.StatementType === 'DML') yield* resultRows(client, queryId);
    },
  };
}

const athena = <T>(what: string, work: () => Promise<T>): Promise<T> =>
  calling({ api: `athena:${what}`, terminal: ErrorName.QueryFailed }, work);

/** Athena's words for a token that was used with other parameters. */
const isOtherStatement = (error: unknown): boolean =>
  error instanceof Error && error.name === 'InvalidRequestException' && /idempotent/i.test(error.message);

function statusOf({ Status, Statistics, QueryExecutionId }: QueryExecution): SqlStatus {
  switch (Status?.State) {
    case 'SUCCEEDED':
      return { state: 'SUCCEEDED', scannedBytes: Statistics?.DataScannedInBytes ?? 0 };
    case 'FAILED':
    case 'CANCELLED':
      return { state: 'FAILED', reason: Status.StateChangeReason ?? `Query ${QueryExecutionId} is ${Status.State}.` };
    default:
      return { state: 'RUNNING' };
  }
}
