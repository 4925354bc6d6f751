/**
 * A report of 24 cells and one of 10,000: how long the page takes, and how large it is. The goal is 2 s for 10,000
 * cells. Times are the processor's, so that other work on the machine counts little; the first rendering also
 * compiles. Rows come from the real builders over invented measurements, answers from DuckDB; neither is in the
 * times. And what the report weighs in the bundle of a function.
 */
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { cellsCsv } from '#report/csv.ts';
import { renderReport } from '#report/report.ts';
import { summaryOf } from '#report/summary.ts';
import { answered, sampleRun } from '#test/report/sample-run.ts';

const KIB = 1024;
const kib = (text: string | Uint8Array): number => Math.round(Buffer.byteLength(text) / KIB);

const RUNS = {
  '24 cells': { concurrencies: [1, 4, 16, 64, 128, 256], repeats: 1, types: 4 },
  '10,000 cells, 100 deployments': {
    variants: 20,
    inputLengths: [100, 200, 400, 800, 1600],
    repeats: 5,
    concurrencies: [1, 16, 64, 128],
  },
  '10,000 cells, 2000 deployments': { variants: 400, repeats: 1 },
} as const;

const rows = [];
for (const [name, options] of Object.entries(RUNS)) {
  const sample = sampleRun(options);
  const input = await answered(sample);
  const milliseconds: number[] = [];
  let page = '';
  for (let turn = 0; turn < 4; turn += 1) {
    const before = process.cpuUsage();
    page = renderReport(input);
    const { user, system } = process.cpuUsage(before);
    milliseconds.push((user + system) / 1000);
  }
  rows.push({
    run: name,
    cells: sample.rows.length,
    firstMs: Math.round(milliseconds[0] ?? 0),
    thenMs: Math.round(Math.min(...milliseconds.slice(1))),
    pageKiB: kib(page),
    gzipKiB: kib(gzipSync(page)),
    csvKiB: kib(cellsCsv(input.rows)),
    summaryKiB: kib(JSON.stringify(summaryOf(input))),
  });
}
console.table(rows);

const { outputFiles } = buildSync({
  entryPoints: ['lambdas/publish-report/task.ts'],
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'esm',
  write: false,
});
const bundle = outputFiles[0]!.contents;
console.log(`PublishReport bundled: ${kib(bundle)} KiB, ${kib(gzipSync(bundle))} KiB gzipped`);
