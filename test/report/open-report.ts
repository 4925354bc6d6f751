import { afterAll, beforeAll } from 'vitest';
import type { ReportInput } from '#report/input.ts';
import { renderReport } from '#report/report.ts';
import { openResults, type ResultsStore } from '#test/local/sql/results-store.ts';
import { answeredBy, type SampleRun, sampleRun } from './sample-run.ts';

type ReportOf = (options?: SampleRun, change?: (input: ReportInput) => ReportInput) => Promise<string>;

/** Reports of sample runs with the answers of one DuckDB, which is open for the tests of a file. */
export function useReports(): { reportOf: ReportOf; answered: (input: ReportInput) => Promise<ReportInput> } {
  let results: ResultsStore;
  beforeAll(async () => {
    results = await openResults();
  });
  afterAll(() => results.close());
  return {
    answered: (input) => answeredBy(results, input),
    reportOf: async (options = {}, change = (input) => input) =>
      renderReport(await answeredBy(results, change(sampleRun(options)))),
  };
}
