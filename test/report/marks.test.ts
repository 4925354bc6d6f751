import { beforeAll, describe, expect, it } from 'vitest';
import { renderIndex } from '#report/index-page.ts';
import type { ReportInput } from '#report/input.ts';
import { troubles } from '#report/sections/troubles.ts';
import { summaryOf } from '#report/summary.ts';
import { useReports } from './open-report.ts';
import { firstScreen, textOf } from './read-page.ts';
import { sampleRun } from './sample-run.ts';

const { reportOf, answered } = useReports();

const timed = (extrapolated: string) => (input: ReportInput) => ({
  ...input,
  rows: input.rows.map((row) => ({
    ...row,
    simulator_profile: row.deployment_id === extrapolated ? 'extrapolated' : 'seed',
  })),
});

/** What of a page has a deployment's name and figures: rows of tables, items of legends, headings. */
const partsNaming = (page: string, name: string): string[] =>
  [...page.matchAll(/<(tr|li|h3)\b[^>]*>(?:(?!<\/\1>).)*<\/\1>/gs)]
    .map(([part]) => part)
    .filter((part) => new RegExp(`<b>${name[0]}</b> <bdi>|<bdi>${name[0]} `).test(part));

describe('what was published elsewhere', () => {
  const atItsWord = (rows: ReportInput['rows']): ReportInput['rows'] =>
    rows.map((row) => (row.valid ? { ...row, invalid_explanation: 'Taken as published.' } : row));
  const published = (input: ReportInput): ReportInput => ({ ...input, rows: atItsWord(input.rows) });

  it('is nowhere called valid without saying that nobody judged it', async () => {
    const page = await reportOf({ flawless: true }, published);
    const text = textOf(page);
    expect(firstScreen(page)).toMatch(/^ StepBench: .*AS PUBLISHED, NOT JUDGED\. The figures of 75 cells/);
    expect(/<h1>.*<\/h1>/s.exec(page)?.[0]).toContain('AS PUBLISHED, NOT JUDGED');
    expect(text).toContain('75 of 75 cells valid , as published, not judged.');
    expect(text).toContain('all as published, not judged');
    expect(text).not.toMatch(/every figure is valid|all valid/);
    expect(page.match(/<td>as published, not judged<\/td>/g)).toHaveLength(75);
    expect(page).not.toContain('<td>valid</td>');
    const index = renderIndex([summaryOf(await answered(published(sampleRun({ flawless: true }))))], 'now');
    expect(index).toContain('>as published, not judged</td>');
    expect(index).not.toContain('>measured</td>');
  });

  it('has nothing wrong with it that is known of', () => {
    const rows = sampleRun({ flawless: true }).rows.map((row) => ({ ...row, ttft_valid: true }));
    const told = (of: ReportInput['rows']) => troubles(of, 0, new Map()).text;
    expect(told(rows)).toContain('every figure is valid');
    expect(told(atItsWord(rows))).toMatch(/Nothing is known of it.* as published, not judged/);
  });

  it('is told apart from what was judged', async () => {
    expect(await reportOf({ flawless: true })).not.toMatch(/as published/i);
    const index = renderIndex([summaryOf(await answered(sampleRun({ types: 2 })))], 'now');
    expect(index).not.toMatch(/as published/i);
  });
});

describe('what was simulated', () => {
  it('says at the top and at each figure that it was simulated', async () => {
    const page = await reportOf({ simulated: true });
    const headings = [...page.matchAll(/<figure>\s*<h3>([\s\S]*?)<\/h3>/g)].map(([, heading]) => heading);
    expect(headings.length).toBe(4);
    for (const heading of headings) expect(heading).toContain('SIMULATED');
    expect(firstScreen(page)).toMatch(/^ StepBench: .*SIMULATED\. No GPU stood behind/);
    expect(await reportOf()).not.toContain('SIMULATED');
  });

  describe('by a timing that was extrapolated', () => {
    let page: string;
    beforeAll(async () => {
      page = await reportOf({ types: 3, simulated: true }, timed('d0v0'));
    });

    it('is named at the top', () => {
      const [, named = ''] =
        /EXTRAPOLATED from other types or models[^:]*: ([^(]+) \(docs/.exec(firstScreen(page)) ?? [];
      expect(named).toBe('g5.8xlarge, TP 1');
    });

    it('is marked in every table, legend and heading that has figures of it, and nothing else is', () => {
      const letterOf = (id: string) => new RegExp(`<b>([A-Z])</b> <bdi>${id}`).exec(page)![1]!;
      const [own, other] = [letterOf('g5\\.8xlarge'), letterOf('g5\\.12xlarge')];
      const parts = partsNaming(page, own);
      // The ranking, a legend, five load points, the node and the heading of its cells, at the least.
      expect(parts.length).toBeGreaterThanOrEqual(9);
      for (const part of parts) expect(part).toContain('EXTRAPOLATED');
      for (const part of partsNaming(page, other)) expect(part).not.toContain('EXTRAPOLATED');
    });

    it('is said at each figure that draws it, and in the heading when it is the answer', async () => {
      const figures = [...page.matchAll(/<figure>\s*<h3>([\s\S]*?)<\/h3>/g)].map(([, heading]) => heading);
      expect(figures.length).toBe(4);
      for (const heading of figures) expect(heading).toMatch(/SIMULATED.*EXTRAPOLATED/);
      const heading = (of: string) => /<h1>.*<\/h1>/s.exec(of)?.[0];
      expect(heading(page)).toMatch(/SIMULATED.*EXTRAPOLATED/s);
      expect(heading(await reportOf({ types: 3, simulated: true }, timed('d2v0')))).not.toContain('EXTRAPOLATED');
    });

    it('is left open where nothing was measured that could say so', async () => {
      const failed = (input: ReportInput): ReportInput => ({
        ...timed('none')(input),
        rows: timed('none')(input).rows.map((row) =>
          row.deployment_id === 'd0v0' ? { ...row, status: 'failed', valid: false, simulator_profile: null } : row,
        ),
      });
      const costs = async (page: Promise<string>) => (await page).split('id="costs"')[1]!.split('</section>')[0]!;
      const rows = (await costs(reportOf({ types: 2, simulated: true }, failed))).match(/<tr id.*?<\/tr>/gs)!;
      const open = rows.filter((row) => row.includes('SIMULATED, PERHAPS EXTRAPOLATED'));
      expect(open).toHaveLength(1);
      expect(open[0]).toContain('id="node-d0v0-1"');
      const neverThere = (input: ReportInput) => ({
        ...failed(input),
        nodes: input.nodes.map((node) => (node.deployment_id === 'd0v0' ? { ...node, node_s: 0 } : node)),
      });
      expect(await costs(reportOf({ types: 2, simulated: true }, neverThere))).not.toContain('PERHAPS');
      expect(await costs(reportOf({ types: 2 }, failed))).not.toContain('PERHAPS');
    });

    it('is nowhere where every timing was fitted', async () => {
      expect(await reportOf({ types: 2, simulated: true }, timed('none'))).not.toMatch(/EXTRAPOLATED/);
    });

    it('is said by the index, of the run and of the configuration', async () => {
      const run = { types: 2, simulated: true, slo: {} };
      const index = async (extrapolated: string) =>
        renderIndex([summaryOf(timed(extrapolated)(await answered(timed(extrapolated)(sampleRun(run)))))], 'now');
      const [extrapolated, fitted] = [await index('d0v0'), await index('none')];
      const rows = [...extrapolated.matchAll(/<tr\b[^>]*>(?:(?!<\/tr>).)*<\/tr>/gs)].map(([row]) => row);
      const marked = rows.filter((row) => row.includes('EXTRAPOLATED'));
      expect(marked).toHaveLength(2);
      expect(marked[0]).toContain('sample/report.html');
      expect(marked[1]).toContain('g5.8xlarge, TP 1, SIMULATED, EXTRAPOLATED');
      expect(fitted).not.toContain('EXTRAPOLATED');
      expect(fitted).toContain('SIMULATED');
    });
  });
});
