import { keyOf } from '#core/results/layout.ts';
import type { Queries } from '#core/results/questions.ts';
import type { TaskHandler } from '#core/workflow/task-signatures.ts';
import { cellsCsv, cellsJson } from '#report/csv.ts';
import { renderReport } from '#report/report.ts';
import { summaryOf } from '#report/summary.ts';
import { writeJson } from '../store/json.ts';
import { publishIndex } from './publish-index.ts';
import { type ReportPorts, readReportInput } from './report-input.ts';

/** The run's report beside its rows, with the files it links to, and the index over all runs. */
export const publishReport =
  (ports: ReportPorts, queries: Queries): TaskHandler<'PublishReport'> =>
  async ({ run }) => {
    const { store } = ports;
    const input = await readReportInput(ports, run, queries);
    const reportKey = keyOf({ kind: 'report', run });
    await store.put(keyOf({ kind: 'cells-csv', run }), cellsCsv(input.rows));
    await store.put(keyOf({ kind: 'cells-json', run }), cellsJson(input.rows));
    await store.put(reportKey, renderReport(input));
    await writeJson(store, keyOf({ kind: 'summary', run }), summaryOf(input));
    await publishIndex(ports);
    return { reportKey };
  };
