import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SqlValue } from '#core/ports/sql.ts';
import { deploymentRow } from '#core/results/deployment-row.ts';
import { keyOf } from '#core/results/layout.ts';
import { ALL_QUESTIONS, type QuestionName } from '#core/results/questions.ts';
import { measuredSample, sampleDeployment, sampleNode, samplePrice } from '#test/core/results/samples.ts';
import { SAMPLE_DAY, writeResults } from '#test/local/sql/results-store.ts';
import { openResultsUnderTest, type ResultsUnderTest } from './results-under-test.ts';

const RUNS = ['run-1', 'run-2', 'broken'];
const DEPLOYMENTS = ['d0', 'd1'];
const NONE = 1e12;
const PARAMETERS: Partial<Record<QuestionName, readonly SqlValue[]>> = {
  'low-latency': ['run-1', SAMPLE_DAY, NONE, NONE, NONE],
  fleet: ['run-1', SAMPLE_DAY, NONE, NONE, NONE, 1000],
  baseline: ['run-1', SAMPLE_DAY, 'run-2', SAMPLE_DAY],
};

const node = (run: string, id: string) =>
  deploymentRow({
    ...{ run, attempt: 1, node: sampleNode, price: samplePrice, rows: [], failure: null },
    deployment: { ...sampleDeployment, id, cells: [] },
    launchedAt: '2026-01-31T10:00:00Z',
    releasedAt: '2026-01-31T11:00:00Z',
    seconds: { launch: 1, pull: 1, load: 1, measure: 1, idle: 1, release: 1 },
    downloads: { imageGiB: null, weightsGiB: null },
    recordedAt: '2026-01-31T11:00:00Z',
  });

/** What it reads is what it costs in Athena, and how long it takes here: a file that cannot be read shows who opens it. */
describe('a question', () => {
  let results: ResultsUnderTest;
  beforeAll(async () => {
    results = await openResultsUnderTest(1);
    const all = RUNS.flatMap((run) => DEPLOYMENTS.map((deployment) => ({ run, deployment })));
    await writeResults(results.store, {
      cells: all.map(({ run, deployment }) =>
        measuredSample({ run_id: run, deployment_id: deployment, cell_id: `${deployment}-cell` }),
      ),
      deployments: all.map(({ run, deployment }) => node(run, deployment)),
    });
    // Its kinds are known by now.
    await results.ask('cells');
  });
  afterAll(() => results.close());

  const spoil = async (run: string, deployment: string) => {
    for (const table of ['cells', 'deployments'] as const) {
      const key = keyOf({ kind: 'results', table, day: SAMPLE_DAY, run, deployment });
      await results.store.put(key, 'no Parquet at all');
    }
  };

  it('about a run opens no file of another one; one about a deployment none of another one', async () => {
    for (const deployment of DEPLOYMENTS) await spoil('broken', deployment);
    for (const name of ALL_QUESTIONS.filter((one) => one !== 'history')) {
      const rows = await results.ask(name, PARAMETERS[name] ?? ['run-1', SAMPLE_DAY]);
      if (name !== 'alternatives') expect(rows.length, name).toBeGreaterThan(0);
    }
    await expect(results.ask('cells', ['broken', SAMPLE_DAY])).rejects.toThrow();
    for (const run of RUNS)
      await writeResults(results.store, { cells: [measuredSample({ run_id: run, deployment_id: 'd0' })] });
    for (const run of RUNS) await spoil(run, 'd1');
    expect(await results.ask('history', ['d0', '0000-01-01', '9999-12-31'])).toHaveLength(RUNS.length);
  });
});
