import { randomUUID } from 'node:crypto';
import type { Sql, SqlRow } from '#core/ports/sql.ts';
import { keyOf } from '#core/results/layout.ts';
import type { Queries } from '#core/results/questions.ts';
import { Output } from '#core/stack/outputs.ts';
import { ErrorName, isError, StepBenchError } from '#core/workflow/errors.ts';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import type { OpenStack } from '../stack/open-stack.ts';
import { answered } from './answered.ts';
import type { Results } from './results.ts';
import { type Asking, storeResults } from './store-results.ts';

/** Athena answers in a second or two. */
const LOOK_EVERY_MS = 500;

/** Reads the results bucket of a stack, and asks its Athena workgroup. */
export function openStackResults(cli: Pick<Cli, 'writeFile'>, stack: OpenStack, queries: Queries): Results {
  const { store, output, ports } = stack;
  const sql = () => ports.openSql({ workgroup: output(Output.athenaWorkgroup), database: output(Output.glueDatabase) });
  const { asking: _asking, ...results } = storeResults(store, queries, async () => athenaAsking(sql(), queries));
  return {
    ...results,
    // The run has written it; a bucket cannot be opened in a browser, so a copy is put beside the person.
    report: async (run) => {
      const stored = await store.get(keyOf({ kind: 'report', run }));
      if (stored === undefined) {
        throw new CliError('run-active', 'the bucket has no report of this run yet: a run writes it when it ends', {
          where: run,
          nextStep: `Look how far it is: stepbench watch ${run} --stack ${stack.name}`,
        });
      }
      const path = `${run}.report.html`;
      await cli.writeFile(path, stored.body);
      return path;
    },
  };
}

function athenaAsking(sql: Sql, { views }: Queries): Asking {
  // Each statement is its own: a token that was used before would give the answer of then.
  const ask = (statement: string, parameters: Parameters<Asking['ask']>[1]): Promise<SqlRow[]> =>
    answered(sql, { sql: statement, parameters, token: `stepbench-cli-${randomUUID()}` }, LOOK_EVERY_MS);
  return {
    ask: async (statement, parameters) => {
      try {
        return await ask(statement, parameters);
      } catch (error) {
        if (!isError(error, ErrorName.QueryFailed)) throw error;
        if (CUT_OFF.test(error.message)) throw tooMuch(error);
        if (!VIEW_MISSING.test(error.message)) throw error;
        // No run of this version has ended here yet, which is when the machine makes them.
        for (const view of views) await ask(view.sql, []);
        return ask(statement, parameters);
      }
    },
    close: () => {},
  };
}

/** Athena's words for a statement that it ended at the limit of the workgroup. */
const CUT_OFF = /bytes scanned limit/i;

const tooMuch = (cause: Error) =>
  new StepBenchError(ErrorName.QueryFailed, cause.message, {
    cause,
    nextStep: 'Ask about fewer days, or deploy the stack with a higher results.scannedMegabytesLimit.',
  });

/** Trino's words for a table or view that the catalog does not have. */
const VIEW_MISSING = /TABLE_NOT_FOUND|does not exist/i;
