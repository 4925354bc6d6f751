import {
  type AthenaClient,
  type ColumnInfo,
  GetQueryResultsCommand,
  type GetQueryResultsCommandOutput,
  type Row,
} from '@aws-sdk/client-athena';
import type { SqlRow } from '#core/ports/sql.ts';
import { ErrorName } from '#core/workflow/errors.ts';
import { calling } from '../errors/aws-error.ts';
import { sqlValue } from './values.ts';

/** All rows of a SELECT, a thousand a page. The first row of the first page is the names of the columns. */
export async function* resultRows(client: AthenaClient, queryId: string): AsyncGenerator<SqlRow> {
  let token: string | undefined;
  let isFirst = true;
  do {
    const page: GetQueryResultsCommandOutput = await calling(
      { api: `athena:GetQueryResults of ${queryId}`, terminal: ErrorName.QueryFailed },
      () =>
        client.send(
          new GetQueryResultsCommand({
            QueryExecutionId: queryId,
            ...(token === undefined ? {} : { NextToken: token }),
          }),
        ),
    );
    const columns = page.ResultSet?.ResultSetMetadata?.ColumnInfo ?? [];
    const rows = page.ResultSet?.Rows ?? [];
    for (const row of isFirst ? rows.slice(1) : rows) yield rowOf(columns, row);
    isFirst = false;
    token = page.NextToken;
  } while (token !== undefined);
}

const rowOf = (columns: readonly ColumnInfo[], { Data = [] }: Row): SqlRow =>
  Object.fromEntries(
    columns.map(({ Name = '', Type = '' }, index) => [Name, sqlValue(Type, Data[index]?.VarCharValue)]),
  );
