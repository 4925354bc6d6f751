import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOTHING_SPENT } from '#core/plan/spending.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import type { ReportInput } from '#report/input.ts';
import { renderReport } from '#report/report.ts';
import { arbitraryCells, arbitraryDeployments } from '#test/queries/arbitrary-results.ts';
import { useReports } from './open-report.ts';
import { anchors, links, textOf, unclosed } from './read-page.ts';
import { sampleRun } from './sample-run.ts';

const { reportOf, answered } = useReports();

describe('what a reader has to be told', () => {
  it('is when the run started, and when it was resumed', async () => {
    const resumed = (input: ReportInput): ReportInput => ({
      ...input,
      plan: { ...input.plan, firstStartedAt: '2026-01-29T08:00:00.000Z' },
    });
    const text = textOf(await reportOf({ types: 1 }, resumed));
    expect(text).toContain('started 2026-01-29 08:00 UTC, last resumed 2026-01-31 09:00 UTC.');
    expect(text).toContain('Started 2026-01-29 08:00 UTC, last resumed 2026-01-31 09:00 UTC');
    expect(textOf(await reportOf({ types: 1 }))).not.toContain('resumed');
  });

  it('is what the estimate includes', async () => {
    const text = textOf(await reportOf({ types: 1, simulated: true }));
    expect(text).toMatch(
      /estimate before the start \$21\.30, which includes .*load generators, the control plane, downl/,
    );
    expect(text).toContain('over all executions of the run: $14.75 (nodes $12.50, shared costs $2.25, reserved');
  });
});

describe('the page', () => {
  it('is whole for whatever rows there are: no link leads nowhere, no id comes twice', () => {
    const queries = loadQueries();
    const { plan } = sampleRun({ types: 1 });
    const figure = fc.constantFrom(null, 0, 1, 1e9, 5e-7);
    const answer = fc.record({
      deployment_id: fc.constantFrom('d0', 'd1'),
      concurrency: fc.constantFrom(10, null),
      price: figure,
    });
    fc.assert(
      fc.property(arbitraryCells, arbitraryDeployments, fc.array(answer), (cells, nodes, given) => {
        const rows = distinct(cells.filter(({ run_id }) => run_id === 'run-1'));
        const answers = given.map(({ price, ...one }, index) => ({
          ...rows[0],
          ...one,
          place: index + 1,
          usd_per_million_output_tokens: price,
        }));
        const input = {
          plan,
          rows,
          nodes: nodes.filter(({ run_id }) => run_id === 'run-1'),
          spent: NOTHING_SPENT,
          queries,
          writtenAt: plan.startedAt,
        };
        const page = renderReport({ ...input, answers: [{ name: 'price-performance', rows: answers }] });
        const ids = anchors(page);
        expect(new Set(ids).size).toBe(ids.length);
        for (const link of links(page)) expect(ids).toContain(link);
        for (const { cell_id } of rows) expect(ids).toContain(`cell-${cell_id}`);
        expect(unclosed(page)).toEqual([]);
        expect(/.{30}(NaN|Infinity|undefined|\[object).{30}/.exec(page)?.[0]).toBeUndefined();
      }),
      { numRuns: 20, endOnFailure: true },
    );
  }, 60_000);

  it('is the same for the same input, to the byte', async () => {
    const input = await answered(sampleRun());
    expect(renderReport(input)).toBe(renderReport(input));
  });

  it('leads from each figure to its row, and from each row to its artifacts', async () => {
    const page = await reportOf();
    const marks = [...page.matchAll(/<a href="#(cell-[^"]+)" tabindex="-1"><path/g)];
    // Three figures, two sizes, four deployments at five loads; but one load of one of them was not valid.
    expect(marks.length).toBe(3 * 2 * (4 * 5 - 1));
    expect(page).toContain('<a href="artifacts/d0v0/d0v0i200c64r2/1/">artifacts</a>');
    expect(page).toContain('<a href="rows/d0v0i200c64r2.json">row</a>');
  });

  it('leads from each number of the further answers to a row of the deployment that it is of', async () => {
    // Two of one GPU, two of several: something for each of the questions to tell.
    const page = await reportOf({ repeats: 2 });
    const section = page.slice(page.indexOf('<section id="answers"'), page.indexOf('<section id="costs"'));
    const tables = [...section.replaceAll('<wbr>', '').matchAll(/<table>.*?<\/table>/gs)].map(([one]) => one);
    expect(tables).toHaveLength(6);
    for (const table of tables) {
      const heads = [...table.matchAll(/<th scope="col"[^>]*>([a-z_0-9]+)/g)].map(([, head]) => head!);
      const rows = [...table.matchAll(/<tr>(<th scope="row".*?)<\/tr>/gs)].map(([, row]) => row!);
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) {
        const cells = [...row.matchAll(/<t[hd][^>]*?( class="n")?>(.*?)<\/t[hd]>/gs)];
        const textAt = (name: string) => cells[heads.indexOf(name)]?.[2] ?? '';
        for (const [index, [, isNumber, text]] of cells.entries()) {
          if (isNumber === undefined || text === '–') continue;
          const side = /^(dear_|base_)/.exec(heads[index]!)?.[0] ?? '';
          const [, cell, shown] = /^<a href="#cell-([^"]+)">([^<]+)<\/a>$/.exec(text!) ?? [];
          expect(cell?.startsWith(`${textAt(`${side}deployment_id`)}i`), `${heads[index]}: ${text}`).toBe(true);
          // The load is the row's own.
          if (heads[index] === 'concurrency') expect(cell).toContain(`c${shown}r`);
        }
      }
    }
  });

  it('leads from each number of a ranking to its row, and from each node to its record', async () => {
    const page = await reportOf({ repeats: 3 });
    const ranking = /<table><caption>Each deployment at its cheapest.*?<\/table>/s.exec(page)![0];
    const numbers = [...ranking.matchAll(/<td class="n">(.*?)<\/td>/g)].map(([, text]) => text!);
    expect(numbers.length).toBeGreaterThan(10);
    for (const text of numbers) expect(text).toMatch(/^(–|<a href="#cell-)/);
    expect(page).toContain('<a href="deployments/d0v0/1.json">record</a>');
  });

  it('says the id of each deployment, and how to ask for its history', async () => {
    const page = textOf(await reportOf({ types: 1 }));
    expect(page).toContain('stepbench query history --param deployment_id=d0v0');
  });

  it('says of each cell that was not valid or not measured why', async () => {
    const page = await reportOf();
    const troubles = textOf(page.slice(page.indexOf('id="troubles"')));
    expect(troubles).toContain('What is not valid, and why (18 cells)');
    expect(troubles).toContain('occupancy (3 cells)');
    expect(troubles).toMatch(/concurrency 128, repeat 3 On average 7\d\.\d of 128 requests were in flight/);
    expect(troubles).toContain('NoCapacity: No g6.48xlarge in us-east-1 for 10 minutes.');
  });

  it('says which cells of the matrix have no row', async () => {
    const page = await reportOf({ flawless: true }, (input) => ({ ...input, rows: input.rows.slice(1) }));
    expect(textOf(page)).toContain('1 cell of the matrix has no row');
  });

  it('draws eight deployments at most, and says how many there are', async () => {
    const page = await reportOf({ variants: 3, repeats: 1, concurrencies: [1, 16] });
    expect(textOf(page)).toContain('The figures show 8 of 14 deployments');
  });

  it('draws bars only where there are repeats, and says when there are none', async () => {
    const [once, thrice] = [await reportOf({ repeats: 1 }), await reportOf({ repeats: 3 })];
    expect(textOf(once)).toContain('there are no repeats to draw bars from');
    expect(textOf(thrice)).toContain("Bars are 95 % confidence intervals of the mean over repeats (Student's t, n =");
    expect(thrice.match(/<path/g)!.length).toBeGreaterThan(once.match(/<path/g)!.length + 3 * 19);
  });
});

/** As a store has them: one row a cell. */
const distinct = (rows: readonly CellRow[]): CellRow[] => [...new Map(rows.map((row) => [row.cell_id, row])).values()];
