/**
 * A report of 24 cells and one of 10,000: how long the page takes, and how large it is. The goal is 2 s for 10,000
 * cells. Rows come from the real builders over invented measurements, answers from DuckDB; neither is in the times.
 * And what the report weighs in the bundle of a function.
 */
import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
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
    const before = performance.now();
    page = renderReport(input);
    milliseconds.push(performance.now() - before);
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

const bundle = execFileSync(
  'node_modules/.bin/esbuild',
  ['lambdas/publish-report/task.ts', '--bundle', '--minify', '--platform=node', '--format=esm', '--log-level=error'],
  { maxBuffer: 64 * KIB * KIB },
);
console.log(`PublishReport bundled: ${kib(bundle)} KiB, ${kib(gzipSync(bundle))} KiB gzipped`);
