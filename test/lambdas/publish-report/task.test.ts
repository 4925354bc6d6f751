import { beforeEach, describe, expect, it } from 'vitest';
import type { SqlRow, SqlValue } from '#core/ports/sql.ts';
import { QUESTIONS, type RunQuestionName } from '#core/results/questions.ts';
import { publishReport } from '#lambdas/publish-report/task.ts';
import { writeAnswer } from '#lambdas/store/answer.ts';
import { loadQueries } from '#local/sql/query-files.ts';
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
    const well = await page();
    for (const name of QUESTIONS) await answer(name, [rowOf(name, HOSTILE, false)]);
    const html = await page();
    expect(html).toContain('&quot;&gt;&lt;script&gt;');
    expect(tags(html, 'img')).toBe(0);
    expect(html).not.toMatch(/<[^>]*\son\w+\s*=/i);
    expect(html).not.toContain('<!--');
    expect(html).not.toContain(`alert('x')`);
    expect(tags(html, 'script')).toBe(tags(well, 'script'));
  });

  it('opens from a disk without a network: it loads nothing', async () => {
    for (const name of QUESTIONS) await answer(name, [rowOf(name, 'https://example.com/x.png', false)]);
    const html = await page();
    expect(html).toMatch(/^<!doctype html>/i);
    expect(html).not.toMatch(/<(?:script|img|iframe|link|object|embed)\b[^>]*\b(?:src|href|data)\s*=/i);
    expect(html).not.toMatch(/@import|url\(\s*['"]?https?:/i);
  });

  it('says loudly that no GPU stood behind it, and says it only then', async () => {
    await answer('price-performance', [rowOf('price-performance', 'x', true)]);
    expect(await page()).toContain('SIMULATED: no GPU stood behind');
    await answer('price-performance', [rowOf('price-performance', 'x', false)]);
    expect(await page()).not.toContain('SIMULATED');
  });

  it('says of each question that has no answer that it has none, and that there were no rows', async () => {
    const none = await page();
    for (const name of QUESTIONS) expect(none).toContain(`stepbench query ${name}`);
    await answer('cells', []);
    expect(await page()).not.toContain('stepbench query cells');
  });

  it('written again is the same', async () => {
    await answer('cells', [rowOf('cells', 'x', false)]);
    expect(await page()).toBe(await page());
  });
});
