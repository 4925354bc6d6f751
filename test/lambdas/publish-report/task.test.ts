import { beforeEach, describe, expect, it } from 'vitest';
import type { SqlRow, SqlValue } from '#core/ports/sql.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { QUESTIONS, type RunQuestionName } from '#core/results/questions.ts';
import { publishReport } from '#lambdas/publish-report/task.ts';
import { writeAnswer } from '#lambdas/store/answer.ts';
import { recordRow } from '#lambdas/store/rows.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import { failed, measured } from '../fakes/rows.ts';
import { RUN, World } from '../fakes/world.ts';

const queries = loadQueries();
const HOSTILE = `"><script>alert('x')</script><img src=x onerror=alert(1)>&amp;<!--`;

let world: World;
beforeEach(async () => {
  world = await World.planned();
});

async function page(): Promise<string> {
  const { reportKey } = await publishReport(world, queries)({ run: RUN });
  expect(reportKey).toBe(`runs/${RUN}/report.html`);
  return new TextDecoder().decode((await world.store.get(reportKey))!.body);
}

/** Four rows, three of them measured, and an answer to every question. */
async function fill(text: string, simulated = false): Promise<void> {
  const changes: Partial<CellRow> = { simulated, model: text, price_source: text, zone: text, commonest_error: text };
  const [one, two] = await world.deployments();
  const rows = [measured(one!, { cell: 0 }), measured(one!, { cell: 1, valid: false }), measured(two!, { cell: 0 })];
  for (const row of rows) await recordRow(world.store, { ...row, ...changes });
  await recordRow(world.store, { ...failed(two!, { cell: 1 }), simulated, error_reason: text });
  for (const name of QUESTIONS) await answer(name, [rowOf(name, text, simulated)]);
}

/** A row with a value in every column of the answer. */
const rowOf = (name: RunQuestionName, text: string, simulated: boolean): SqlRow => {
  const value = (type: string): SqlValue => (type === 'boolean' ? simulated : type === 'string' ? text : 1);
  return Object.fromEntries(queries.questions[name].columns.map((column) => [column.name, value(column.type)]));
};
const answer = (name: RunQuestionName, rows: SqlRow[]) =>
  writeAnswer(world.store, {
    ...{ schema_version: 1, run: RUN, name, question: '', parameters: [], rows, answeredAt: world.clock.iso },
  });
const tags = (html: string, name: string): number => html.match(new RegExp(`<${name}\\b`, 'gi'))?.length ?? 0;

describe('the report of a run', () => {
  it('escapes whatever came out of a row or a matrix', async () => {
    await world.store.put(`runs/${RUN}/plan.json`, JSON.stringify({ ...(await world.plan()), name: HOSTILE }));
    await fill(HOSTILE);
    const html = await page();
    expect(html).toContain('&quot;&gt;&lt;script&gt;');
    for (const tag of ['script', 'img']) expect(tags(html, tag)).toBe(0);
    expect(html).not.toMatch(/<[^>]*\son\w+\s*=/i);
    expect(html).not.toContain('<!--');
    expect(html).not.toContain(`alert('x')`);
  });

  it('opens from a disk without a network: it loads nothing', async () => {
    await fill('https://example.com/x.png');
    const html = await page();
    expect(html).toMatch(/^<!doctype html>/i);
    expect(html).not.toMatch(/<(?:script|img|iframe|link|object|embed)\b[^>]*\b(?:src|href|data)\s*=/i);
    expect(html).not.toMatch(/@import|url\(\s*['"]?https?:/i);
  });

  it('says loudly that no GPU stood behind it, and says it only then', async () => {
    await fill('x', true);
    expect(await page()).toContain('SIMULATED');
    world = await World.planned();
    await fill('x', false);
    expect(await page()).not.toContain('SIMULATED');
  });

  it('comes out without answers, and without a single row, and says that there are none', async () => {
    expect(await page()).toContain('Not answered');
    await fill('x');
    expect(await page()).not.toContain('Not answered');
  });

  it('written again is the same', async () => {
    await fill('x');
    expect(await page()).toBe(await page());
  });
});
