/**
 * How long does the quickstart take without downloads, and how much of that is measuring? The command as the
 * README has it, on a store of its own; AIPerf must be installed already.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const store = mkdtempSync(join(tmpdir(), 'stepbench-bench-'));
process.on('exit', () => rmSync(store, { recursive: true, force: true }));
const startedMs = performance.now();
const { status } = spawnSync(
  process.execPath,
  ['cli/stepbench.mjs', 'run', 'examples/quickstart.json', '--run', 'bench', '--store', store],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
const seconds = (performance.now() - startedMs) / 1000;
// 3: on a machine that is busy some cells are not valid, which the last line says.
if (status !== 0 && status !== 3) throw new Error(`the quickstart ended with ${status}`);

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const rows = readdirSync(join(store, 'runs/bench/rows')).map((name) => json(join(store, 'runs/bench/rows', name)));
const measuring = rows.reduce((sum, row) => sum + row.duration_s, 0);
const records = join(store, 'runs/bench/deployments');
const loading = readdirSync(records)
  .filter((name) => name !== 'load')
  .reduce((sum, name) => sum + json(join(records, name, '1.json')).measure_s, 0);

console.log(`quickstart                       ${seconds.toFixed(0)} s (goal 180 s)`);
console.log(
  `load generators at work          ${loading.toFixed(0)} s over ${rows.length} cells: start, warm-up, measuring`,
);
console.log(
  `seconds that are in figures      ${measuring.toFixed(1)} s, ${((100 * measuring) / seconds).toFixed(0)} % of it`,
);
console.log(`valid                            ${rows.filter((row) => row.valid).length} of ${rows.length} cells`);
