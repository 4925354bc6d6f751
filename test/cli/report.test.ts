import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLocalResults } from '#cli/results/local-results.ts';
import { openFile } from '#cli/terminal/open-file.ts';
import { RealClock } from '#local/clock/real-clock.ts';
import { importPredecessor } from '#local/predecessor/import.ts';
import { openDuckDbSql } from '#local/sql/duckdb-sql.ts';
import { openFolderStore } from '#local/store/folder-store.ts';
import { fakeCli, fakeResults, MATRIX, startedRun, stepbench } from './fake-cli.ts';

const world = (opened: string[] = []) => ({
  openResults: async () => fakeResults({ started: async (run) => (run === 'monday' ? startedRun(MATRIX) : undefined) }),
  openFile: async (path: string) => {
    opened.push(path);
  },
});

describe('stepbench report', () => {
  it('prints the path alone on stdout, and opens nothing unless it is asked to', async () => {
    const opened: string[] = [];
    const cli = fakeCli(world(opened));
    expect(await stepbench(cli, 'report', 'monday')).toBe(0);
    expect(cli.stdout.text()).toBe('/store/runs/monday/report.html\n');
    expect(opened).toEqual([]);
    expect(await stepbench(cli, 'report', 'monday', '--open')).toBe(0);
    expect(opened).toEqual(['/store/runs/monday/report.html']);
  });

  it('says it as JSON', async () => {
    const cli = fakeCli(world());
    expect(await stepbench(cli, 'report', 'monday', '--json')).toBe(0);
    expect(JSON.parse(cli.stdout.text())).toMatchObject({
      command: 'report',
      run: 'monday',
      index: '/store/runs/index.html',
    });
  });

  it.each([
    [['report', 'tuesday'], 'no such run'],
    [['report'], 'no run yet'],
    [['report', '../x'], 'run'],
  ])('refuses %j', async (argv, message) => {
    const cli = fakeCli(world());
    expect(await stepbench(cli, ...argv)).toBe(2);
    expect(cli.stderr.text()).toContain(message);
  });

  it('says where the report is when there is no browser to open', async () => {
    await expect(openFile('/store/report.html', 'aix')).rejects.toMatchObject({
      code: 'browser-missing',
      details: expect.objectContaining({ where: '/store/report.html' }),
    });
  });
});

describe('over a store', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stepbench-report-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('asks a run that was never asked, and writes its report, its downloads and the index', async () => {
    const store = await openFolderStore(folder);
    const sql = await openDuckDbSql(store.root);
    const run = await importPredecessor({ store, sql, clock: new RealClock() }, { prices: 'own', judged: false });
    sql.close();
    for await (const { key } of store.list(`runs/${run}/answers/`)) await store.delete(key);
    const results = await openLocalResults(folder);
    const path = await results.report(run);
    results.close();
    const page = await readFile(path, 'utf8');
    expect(/<h1>.*<\/h1>/.exec(page)?.[0]).toMatch(/\$0\.708 per million output tokens.*AS PUBLISHED, NOT JUDGED/);
    expect(page).not.toContain('Not answered');
    expect(await readFile(join(folder, `runs/${run}/cells.csv`), 'utf8')).toMatch(/^schema_version,run_id,/);
    expect(JSON.parse(await readFile(join(folder, `runs/${run}/cells.json`), 'utf8'))).toHaveLength(24);
    expect(await readFile(join(folder, 'runs/index.html'), 'utf8')).toContain(`href="${run}/report.html"`);
  });
});
