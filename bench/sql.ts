/**
 * What a question costs when a store holds a million rows: seconds and memory in DuckDB, for the layout that a
 * store has, and beside it for the same rows without it. `npm run bench bench/sql.ts [ROWS]`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadQueries } from '#local/sql/query-files.ts';
import { LAYOUTS, type Layout, openLayout, writeOneFile } from './sql/layouts.ts';
import { dayOfRun, deploymentName, runName, SHAPE, writeRows } from './sql/rows.ts';

const TURNS = 5;
const { questions } = loadQueries();

interface Measured {
  /** Median, by question. */
  seconds: Record<string, number>;
  rows: Record<string, number>;
  megabytes: number;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/** Linux counts in getrusage what the process was forked from: its status does not. */
function peakMegabytes(): number {
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
  const kilobytes = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
  return Math.round((kilobytes * 1024) / 1e6);
}

async function measure(layout: Layout, root: string, oneFile: string, runs: number): Promise<Measured> {
  const { ask, close } = await openLayout(layout, root, oneFile);
  const measured: Measured = { seconds: {}, rows: {}, megabytes: 0 };
  for (const name of ['price-performance', 'pareto', 'history'] as const) {
    const seconds: number[] = [];
    for (let turn = 0; turn < TURNS; turn += 1) {
      // Another run each time: nothing may be left over from the one before.
      const of = Math.floor((runs * (turn + 0.5)) / TURNS);
      const parameters =
        name === 'history'
          ? [deploymentName((of * 7) % SHAPE.deployments), '2026-01-01', '2026-12-31']
          : [runName(of), dayOfRun(of, runs)];
      const startedAt = performance.now();
      const rows = await ask(questions[name].sql, parameters);
      seconds.push((performance.now() - startedAt) / 1000);
      measured.rows[name] = rows.length;
    }
    measured.seconds[name] = median(seconds);
  }
  close();
  measured.megabytes = peakMegabytes();
  return measured;
}

const [first = '1000000', layout, root = '', oneFile = '', runs = ''] = process.argv.slice(2);
if (layout !== undefined) {
  console.log(JSON.stringify(await measure(layout as Layout, root, oneFile, Number(runs))));
} else {
  const folder = mkdtempSync(join(tmpdir(), 'stepbench-bench-sql-'));
  try {
    const startedAt = performance.now();
    const written = writeRows(folder, Number(first));
    const one = join(folder, 'all.parquet');
    console.log(
      `${written.rows} rows, ${written.runs} runs, ${written.files} files: written in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`,
    );
    await writeOneFile(folder, one);
    console.log(`the one file has ${(statSync(one).size / 1e6).toFixed(0)} MB`);
    const all = LAYOUTS.map((name) => {
      // A process of its own, for its memory.
      const child = spawnSync(
        process.execPath,
        [import.meta.filename, first, name, folder, one, String(written.runs)],
        {
          encoding: 'utf8',
        },
      );
      if (child.status !== 0) throw new Error(child.stderr);
      return { name, ...(JSON.parse(child.stdout) as Measured) };
    });
    const [stored] = all;
    for (const { name, seconds, rows, megabytes } of all) {
      for (const [question, took] of Object.entries(seconds)) {
        const ratio = took / (stored?.seconds[question] ?? Number.NaN);
        console.log(
          `${name.padEnd(36)} ${question.padEnd(18)} ${took.toFixed(3)} s  ${ratio.toFixed(1)} x  ${rows[question]} rows  peak ${megabytes} MB`,
        );
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
