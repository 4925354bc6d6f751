/**
 * How large each function's bundle is and how long it takes to load, beside two careless builds that are measured in
 * turns with it: `import *` of the Kubernetes client and of all of the SDK's clients in a module that all functions
 * share, which the goal is about; and `import *` of what the one function needs. CommonJS, not minified.
 * Usage: npm run bench bench/bundles.ts [ROUNDS]. Ends with 1 where a goal is not met.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TASKS } from '#core/workflow/tasks.ts';
import { bundle } from '#infra/bundle/bundle.ts';
import { bundleCarelessly, bundleShared } from './bundles/careless.ts';

const ROUNDS = Number(process.argv[2] ?? 7);

/** Of the shared module's time. */
const MOST_OF_INIT = 0.35;
const MOST_BYTES = { kubernetes: 1_700_000, other: 600_000 };
/** The charts of the report are drawn by ECharts: its size is told, and held to nothing. */
const RENDERS = 'publish-report';

const run = promisify(execFile);

const SCRIPT = `
const cpu = process.cpuUsage(), start = performance.now();
await import(process.argv[1]);
const { user, system } = process.cpuUsage(cpu);
console.log((user + system) / 1e3, performance.now() - start);
process.exit(0);`;

/** Processor time, which a busy machine stretches little, and time on the clock. */
async function load(file: string): Promise<{ cpuMs: number; wallMs: number }> {
  const env = { ...process.env, AWS_REGION: 'us-east-1', LAMBDA_TASK_ROOT: process.cwd() };
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', SCRIPT, file], { env });
  const [cpuMs = Number.NaN, wallMs = Number.NaN] = stdout.trim().split(' ').map(Number);
  return { cpuMs, wallMs };
}

const kb = (bytes: number): string => (bytes / 1000).toFixed(0).padStart(5);

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

const folders: string[] = [];
for (const name of (await readdir('lambdas')).sort()) {
  if (await stat(join('lambdas', name, 'index.ts')).catch(() => undefined)) folders.push(name);
}

const kubernetes = new Set(
  Object.entries(TASKS)
    .filter(([, { needs }]) => needs.includes('kubernetes'))
    .map(([name]) => name.replace(/\B[A-Z]/g, '-$&').toLowerCase())
    .concat('guard', 'janitor', 'status'),
);

const outdir = await mkdtemp(join(tmpdir(), 'stepbench-bundles-'));
try {
  await bundle(folders, join(outdir, 'ours'));
  await bundleCarelessly(folders, join(outdir, 'careless'));
  const shared = join(outdir, 'shared.cjs');
  await bundleShared(shared);
  console.log(`all clients in one module: ${kb((await stat(shared)).size)} kB`);
  let met = 0;
  for (const folder of folders) {
    const ours = join(outdir, 'ours', folder, 'index.mjs');
    const own = join(outdir, 'careless', folder, 'index.cjs');
    const times = new Map([ours, own, shared].map((file) => [file, [] as { cpuMs: number; wallMs: number }[]]));
    for (let round = 0; round < ROUNDS; round++) {
      // In turns, so that whatever else the machine does meets all of them.
      for (const [file, measured] of times) measured.push(await load(file));
    }
    const cpu = (file: string) => median((times.get(file) ?? []).map(({ cpuMs }) => cpuMs));
    const wall = (file: string) => median((times.get(file) ?? []).map(({ wallMs }) => wallMs)).toFixed(0);
    const bytes = (await stat(ours)).size;
    const ratio = cpu(ours) / cpu(shared);
    const most = kubernetes.has(folder) ? MOST_BYTES.kubernetes : MOST_BYTES.other;
    const misses = [
      ...(bytes > most && folder !== RENDERS ? [`more than ${most / 1000} kB`] : []),
      ...(ratio > MOST_OF_INIT ? [`more than ${MOST_OF_INIT} of the time`] : []),
    ];
    if (misses.length === 0) met += 1;
    console.log(
      [
        folder.padEnd(24),
        `${kb(bytes)} kB (own import *: ${kb((await stat(own)).size)} kB)`,
        `${cpu(ours).toFixed(0).padStart(4)} ms of ${cpu(shared).toFixed(0)} ms processor time: ${ratio.toFixed(2)}`,
        `of own import *: ${(cpu(ours) / cpu(own)).toFixed(2)}`,
        `(clock ${wall(ours)}, ${wall(own)}, ${wall(shared)} ms)`,
        ...misses,
      ].join('  '),
    );
  }
  console.log(`${met} of ${folders.length} functions meet the goals (medians of ${ROUNDS})`);
  process.exitCode = met === folders.length ? 0 : 1;
} finally {
  await rm(outdir, { recursive: true, force: true });
}
