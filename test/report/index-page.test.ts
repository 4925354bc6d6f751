import { beforeAll, describe, expect, it } from 'vitest';
import { renderIndex } from '#report/index-page.ts';
import { type ReportSummary, summaryOf } from '#report/summary.ts';
import { answered, type SampleRun, sampleRun } from './sample-run.ts';

const NOW = '2026-02-01T00:00:00.000Z';
const summary = async (options: SampleRun): Promise<ReportSummary> =>
  JSON.parse(JSON.stringify(summaryOf(await answered(sampleRun(options)))));

describe('the index over the runs of a store', () => {
  let runs: ReportSummary[];
  beforeAll(async () => {
    runs = await Promise.all([
      summary({ run: 'first', startedAt: '2026-01-01T09:00:00.000Z' }),
      summary({ run: 'second', startedAt: '2026-01-02T09:00:00.000Z', speed: 1.1 }),
      summary({ run: 'pretended', startedAt: '2026-01-03T09:00:00.000Z', simulated: true }),
    ]);
  });

  it('lists the runs, the latest first, each with its answer and its report', () => {
    const page = renderIndex(runs, NOW);
    const listed = [...page.matchAll(/<th scope="row"[^>]*><a href="([^"]+)"/g)].map(([, href]) => href);
    expect(listed).toEqual(['pretended/report.html', 'second/report.html', 'first/report.html']);
    expect(page).toContain('<bdi>g6e.4xlarge, TP 1</bdi>, concurrency 128');
    expect(page).toContain('57 of 75');
  });

  it('has a resumed run where it first started, and says when it was resumed', async () => {
    const input = await answered(sampleRun({ run: 'resumed', startedAt: '2026-01-02T12:00:00.000Z' }));
    const resumed = summaryOf({ ...input, plan: { ...input.plan, firstStartedAt: '2025-12-31T09:00:00.000Z' } });
    expect(resumed).toMatchObject({ startedAt: '2025-12-31T09:00:00.000Z', resumedAt: '2026-01-02T12:00:00.000Z' });
    const page = renderIndex([...runs, resumed], NOW);
    expect(page).toContain('2025-12-31 09:00 UTC, last resumed 2026-01-02 12:00 UTC');
    expect(page.match(/last resumed/g)).toHaveLength(1);
    const listed = [...page.matchAll(/<th scope="row"[^>]*><a href="([^"]+)"/g)].map(([, href]) => href);
    expect(listed.at(-1)).toBe('resumed/report.html');
  });

  it('draws what a configuration cost over runs, and never joins what was measured to what was simulated', () => {
    const page = renderIndex(runs, NOW);
    const linked = [...page.matchAll(/<a href="([a-z]+)\/report\.html" tabindex="-1"><path/g)].map(([, run]) => run);
    expect(new Set(linked)).toEqual(new Set(['first', 'second']));
    expect(page).toContain('g6e.4xlarge, TP 1, SIMULATED');
    expect(page).not.toContain('run after run <strong');
  });

  it('carries the price behind its dollars: date, list and the report that has the rest', () => {
    const page = renderIndex(runs, NOW);
    expect(page.match(/<a href="[a-z]+\/report\.html#provenance">2026-01-20<\/a>/g)).toHaveLength(3);
    const prices = page.slice(page.indexOf('id="prices"'));
    expect(prices).toMatch(/AWS Price List[^<]*<\/th><td>2026-01-20<\/td>/);
    for (const run of ['first', 'second', 'pretended']) expect(prices).toContain(`${run}/report.html#provenance`);
    const { prices: _, ...old } = runs[0]!;
    expect(renderIndex([old], NOW)).toContain('<a href="first/report.html#provenance">see its report</a>');
  });

  describe('with prices of more than one list', () => {
    const price = (list: string, effectiveAt: string | null) => ({ list, effectiveAt });
    const rowsOf = (page: string) =>
      [...page.slice(page.indexOf('id="prices"')).matchAll(/<tr>.*?<\/tr>/gs)].map(([row]) =>
        row
          .replace(/<[^>]*>/g, ' ')
          .replace(/\s+/g, ' ')
          .trim(),
      );
    const datesOf = (page: string) => /<a href="first\/report\.html#provenance">([^<]*)<\/a>/.exec(page)?.[1];

    it('has the dates of each run in order, and says where there is none', () => {
      const prices = [price('B', '2026-02-01'), price('given', null), price('A', '2026-01-20')];
      expect(datesOf(renderIndex([{ ...runs[0]!, prices }], NOW))).toBe('2026-01-20, 2026-02-01, no date');
    });

    it('links to no prices of a run that has none', () => {
      expect(datesOf(renderIndex([{ ...runs[0]!, prices: [] }], NOW))).toBeUndefined();
    });

    it('has each list once for each of its dates, with some of its runs and the number of the others', () => {
      const of = (run: string, ...prices: ReportSummary['prices'] & object) => ({ ...runs[0]!, run, prices });
      const many = ['1', '2', '3', '4', '5', '6', '7'].map((run) => of(run, price('A', '2026-01-20')));
      const page = renderIndex([...many, of('8', price('A', '2026-02-01'), price('given', null))], NOW);
      expect(rowsOf(page).slice(1)).toEqual([
        'A 2026-01-20 1 , 2 , 3 , 4 , 5 and 2 more',
        'A 2026-02-01 8',
        'given – 8',
      ]);
    });
  });

  it('draws nothing for a configuration with a single run', () => {
    expect(renderIndex(runs.slice(0, 1), NOW)).not.toContain('<figure>');
  });

  it('is a page without a single run too', () => {
    expect(renderIndex([], NOW)).toContain('0 runs in this store');
  });

  it('has of prices each list once, whether rows or nodes have it, without how fees follow', async () => {
    const { rows, nodes, ...input } = await answered(sampleRun({ types: 1, repeats: 1, concurrencies: [16] }));
    const priced = <T extends object>(all: readonly T[], sources: readonly (string | null)[]): T[] =>
      sources.map((price_source) => ({ ...all[0]!, price_source, price_effective_at: null }));
    const lists = (ofRows: (string | null)[], ofNodes: (string | null)[]) =>
      summaryOf({ ...input, rows: priced(rows, ofRows), nodes: priced(nodes, ofNodes) }).prices?.map(
        ({ list }) => list,
      );
    expect(lists(['A; fee derived', 'A; fee estimated', null], ['B'])).toEqual(['A', 'B']);
    expect(lists(['A'], [])).toEqual(['A']);
    expect(lists([...'ABCDEFGHIJKLMNOP'], [])?.length).toBe(12);
  });

  it('keeps summaries small, however large the run', async () => {
    const large = await summary({ variants: 20, inputLengths: [100, 200], repeats: 1, concurrencies: [16], types: 4 });
    expect(JSON.stringify(large).length).toBeLessThan(20_000);
  });
});
