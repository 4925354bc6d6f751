import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cellsCsv } from '#report/csv.ts';
import { renderIndex } from '#report/index-page.ts';
import type { ReportInput } from '#report/input.ts';
import { renderReport } from '#report/report.ts';
import { summaryOf } from '#report/summary.ts';
import { answered, sampleRun } from '#test/report/sample-run.ts';

/** Pages as a store has them, on the disk. */
export interface Pages {
  report: string;
  simulated: string;
  hostile: string;
  /** Its latency target is the end of its axes. */
  slow: string;
  large: string;
  index: string;
  csv: string;
  /** Of the large page. */
  lastCell: string;
  close(): Promise<void>;
}

export const HOSTILE = `"><script>document.title='taken'</script><img src=x onerror="document.title='taken'">\u202e`;

const hostile = (input: ReportInput): ReportInput => ({
  ...input,
  plan: { ...input.plan, name: HOSTILE, matrix: HOSTILE },
  rows: input.rows.map((row) => ({ ...row, model: HOSTILE, instance_type: HOSTILE, error_reason: HOSTILE })),
  nodes: input.nodes.map((node) => ({ ...node, instance_type: HOSTILE })),
});

export async function writePages(): Promise<Pages> {
  const folder = await mkdtemp(join(tmpdir(), 'stepbench-pages-'));
  const inputs = {
    report: await answered(sampleRun({ run: 'report' })),
    simulated: await answered(sampleRun({ run: 'simulated', simulated: true, startedAt: '2026-01-30T09:00:00.000Z' })),
    hostile: await answered(hostile(sampleRun({ run: 'hostile', repeats: 1 }))),
    slow: await answered(sampleRun({ run: 'slow', types: 3, repeats: 1, slo: { requestLatencyP95Ms: 20_000 } })),
    large: await answered(
      sampleRun({
        run: 'large',
        variants: 20,
        inputLengths: [100, 200, 400, 800, 1600],
        repeats: 5,
        concurrencies: [1, 16, 64, 128],
      }),
    ),
  };
  const again = await answered(sampleRun({ run: 'again', startedAt: '2026-01-29T09:00:00.000Z', speed: 1.05 }));
  for (const [name, input] of Object.entries(inputs)) {
    await mkdir(join(folder, 'runs', name), { recursive: true });
    await writeFile(join(folder, 'runs', name, 'report.html'), renderReport(input));
  }
  const summaries = [...Object.values(inputs), again].map(summaryOf);
  await writeFile(join(folder, 'runs/index.html'), renderIndex(summaries, '2026-02-01T00:00:00.000Z'));
  const url = (path: string): string => pathToFileURL(join(folder, path)).href;
  return {
    report: url('runs/report/report.html'),
    simulated: url('runs/simulated/report.html'),
    hostile: url('runs/hostile/report.html'),
    slow: url('runs/slow/report.html'),
    large: url('runs/large/report.html'),
    index: url('runs/index.html'),
    csv: cellsCsv(inputs.report.rows),
    lastCell: inputs.large.rows.at(-1)!.cell_id,
    close: () => rm(folder, { recursive: true }),
  };
}
