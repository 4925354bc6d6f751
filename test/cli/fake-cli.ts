import { setImmediate } from 'node:timers/promises';
import type { Cli } from '#cli/cli.ts';
import { CliError } from '#cli/errors.ts';
import { main } from '#cli/program.ts';
import type { Results, StartedRun } from '#cli/results/results.ts';
import { plain } from '#cli/terminal/paint.ts';
import type { Terminal } from '#cli/terminal/terminal.ts';
import { readMatrix } from '#core/matrix/read.ts';
import { NOTHING_SPENT } from '#core/plan/spending.ts';
import type { SqlRow } from '#core/ports/sql.ts';
import { loadQueries } from '#local/sql/query-files.ts';

interface FakeTerminal extends Terminal {
  text(): string;
}

function fakeTerminal(options: { isTTY?: boolean; width?: number } = {}): FakeTerminal {
  const { isTTY = false, width = 100 } = options;
  let text = '';
  const write = (more: string): void => {
    text += more;
  };
  const stream = { write, isTTY, columns: width, rows: 40 } as unknown as NodeJS.WritableStream;
  return { write, isTTY, stream, width: () => width, height: () => 40, paint: plain, text: () => text };
}

export const NOW_MS = Date.parse('2026-10-01T12:00:00Z');

export interface FakeCli extends Cli {
  stdout: FakeTerminal;
  stderr: FakeTerminal;
  /** As if the person pressed it, a second after what came before. */
  press(signal?: string): void;
  /** What is drawn again and again is drawn once. */
  tick(): void;
  advance(milliseconds: number): void;
}

/** The world of a command, with nothing behind it that is not given. */
export function fakeCli(world: Partial<Cli> & { isTTY?: boolean; width?: number } = {}): FakeCli {
  const listeners = new Set<(signal: string) => void>();
  const ticking = new Set<() => void>();
  let nowMs = NOW_MS;
  const { isTTY, width, ...given } = world;
  const look = { ...(isTTY === undefined ? {} : { isTTY }), ...(width === undefined ? {} : { width }) };
  const queries = loadQueries();
  return {
    env: {},
    commit: () => undefined,
    nowMs: () => nowMs,
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    every: (_milliseconds, callback) => {
      ticking.add(callback);
      return () => ticking.delete(callback);
    },
    chooseGenerator: (asked) => ({ name: asked === 'auto' ? 'aiperf' : asked, says: '' }),
    askEndpoint: () => Promise.reject(new Error('nothing was to be asked')),
    startLocalRun: () => Promise.reject(new Error('nothing was to be started')),
    rehearse: () => Promise.reject(new Error('nothing was to be rehearsed')),
    openResults: async () => {
      throw new CliError('store-unknown', 'there is no store in this folder');
    },
    openFile: async () => {},
    questions: () => Object.values(queries.questions),
    checks: () => [],
    connectStack: () => Promise.reject(new Error('AWS was not to be asked')),
    // Yields: a loop that never ends must end in the test's time limit.
    pause: async () => {
      await setImmediate();
    },
    confirm: async () => undefined,
    runCdk: () => Promise.reject(new Error('cdk was not to be run')),
    writeFile: async () => {},
    ...given,
    stdout: fakeTerminal({ width: look.width ?? 100 }),
    stderr: fakeTerminal(look),
    press: (signal = 'SIGINT') => {
      nowMs += 1000;
      for (const listener of [...listeners]) listener(signal);
    },
    tick: () => {
      for (const callback of ticking) callback();
    },
    advance: (milliseconds) => {
      nowMs += milliseconds;
    },
  };
}

export const stepbench = (cli: Cli, ...argv: string[]): Promise<number> => main(cli, argv);

export function fakeResults(world: Partial<Results> & { rows?: Record<string, SqlRow[]> } = {}): Results {
  const { rows = {}, ...given } = world;
  return {
    runs: async () => [],
    started: async () => undefined,
    measured: async () => undefined,
    answers: async () => new Map(Object.entries(rows)),
    ask: async (question) => rows[question] ?? [],
    report: async (run) => `/store/runs/${run}/report.html`,
    locate: (key) => `/store/${key}`,
    close: () => {},
    ...given,
  };
}

export function startedRun(matrix: unknown, measured: readonly string[] = []): StartedRun {
  const read = readMatrix(matrix);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const { region, cluster, deployments } = read.matrix;
  const cellsOf = Object.fromEntries(deployments.map(({ id, cells }) => [id, cells.map((cell) => cell.id)]));
  return {
    matrix,
    slo: {},
    day: '2026-01-31',
    measuredCells: new Set(measured),
    planned: { run: 'monday', region, cluster, generator: 'aiperf', matrix, cellsOf },
    spent: NOTHING_SPENT,
  };
}

export const MATRIX = {
  name: 'small',
  matrix: { instanceType: ['g5.8xlarge', 'g5.16xlarge'], concurrency: [2, 4] },
  defaults: { model: 'openai/gpt-oss-20b', isl: 64, osl: 24 },
  budgetUsd: 20,
};
