import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOTHING_SPENT } from '#core/plan/spending.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import type { ReportInput } from '#report/input.ts';
import { renderReport } from '#report/report.ts';
import { openResults, type ResultsStore } from '#test/local/sql/results-store.ts';
import { arbitraryCells, arbitraryDeployments } from '#test/queries/arbitrary-results.ts';
import { answeredBy, type SampleRun, sampleRun } from './sample-run.ts';

const textOf = (page: string): string =>
  page
    .replace(/<(style|pre)[\s\S]*?<\/\1>/g, '')
    .replace(/<svg[\s\S]*?<\/svg>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/\s+/g, ' ');

const anchors = (page: string): string[] => [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
const links = (page: string): string[] => [...page.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id!);

/** Every element that is opened is closed, in order. */
function unclosed(page: string): string[] {
  const open: string[] = [];
  for (const [, slash, name = '', , selfClosing] of page.matchAll(
    /<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^>"])*?)(\/?)>/gi,
  )) {
    if (['meta', 'br'].includes(name) || selfClosing === '/') continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) return [`</${name}>`];
  }
  return open;
}

const reportOf = async (options: SampleRun = {}, change: (input: ReportInput) => ReportInput = (input) => input) =>
  renderReport(await answeredBy(results, change(sampleRun(options))));

let results: ResultsStore;
beforeAll(async () => {
  results = await openResults();
});
afterAll(() => results.close());

const firstScreen = (page: string): string => textOf(page.slice(0, page.indexOf('<nav')));

describe('the answer', () => {
  let page: string;
  beforeAll(async () => {
    page = await reportOf();
  });

  it('is the heading: which instance, within what, for how much', () => {
    const [, heading = ''] = /<h1>([\s\S]*?)<\/h1>/.exec(page) ?? [];
    expect(textOf(heading).trim()).toMatch(
      /^g6e\.4xlarge, TP 1 serves openai\/gpt-oss-20b cheapest within the latency target: \$0\.\d{3} per million output tokens$/,
    );
  });

  it('says at which load, how sure, with which price, and what the next best is', () => {
    const text = firstScreen(page);
    expect(text).toContain('concurrency 128');
    expect(text).toMatch(/How sure Clear 3,840 requests in 3 repeats, all valid; the 95 % intervals .* are apart/);
    expect(text).toMatch(/\$0\.\d{3}–0\.\d{3} with 95 % confidence, of 3 repeats; at/);
    expect(text).toMatch(/at \$3\.2386\/h, on-demand of 2026-01-20/);
    expect(text).toMatch(/Next best \$0\.\d{3} B: g5\.8xlarge, TP 1, concurrency 64: \d+ % dearer/);
    expect(text).toContain('target 8 s');
  });

  it('names what is not in the comparison, and why', () => {
    expect(firstScreen(page)).toContain('Not in this comparison: E g6.48xlarge, TP 8 (NoCapacity)');
  });

  describe('where the next best has no valid figure at the load of the best', () => {
    const withoutHighLoads = (input: ReportInput): ReportInput => ({
      ...input,
      rows: input.rows.map((row) =>
        row.deployment_id === 'd0v0' && Number(row.concurrency) > 4 ? { ...row, valid: false } : row,
      ),
    });
    const two = { types: 2, flawless: true, concurrencies: [1, 4, 16], slo: {} };
    const invalidAt = (deployment: string) => (input: ReportInput) => ({
      ...input,
      rows: input.rows.map((row) =>
        row.deployment_id === deployment && row.concurrency === 16 ? { ...row, valid: false } : row,
      ),
    });
    const worse = { ...two, concurrencies: [1, 4, 16, 64] };
    let text: string;
    beforeAll(async () => {
      text = firstScreen(await reportOf({ ...worse, types: 4 }, withoutHighLoads));
    });

    it('says so for each deployment, and how many of its loads are valid', () => {
      expect(text).toMatch(/load of the best, and so ranked by another load: [A-D] g5\.8xlarge, TP 1 \. Why/);
      expect(text).toMatch(/g5\.8xlarge, TP 1 2 of 4 loads valid/);
      expect(text.match(/of 4 loads valid/g)).toHaveLength(1);
    });

    it('gives no percentage, no certainty and no heading that they would need', async () => {
      const compared = firstScreen(await reportOf(two));
      expect(compared).toMatch(/% dearer/);
      expect(compared).not.toMatch(/loads valid|validly/);
      const [, best = ''] = /^.*?(g5\.8xlarge|g5\.12xlarge), TP \d serves/.exec(compared) ?? [];
      const other = best === 'g5.8xlarge' ? 'd1v0' : 'd0v0';
      const apart = firstScreen(await reportOf(two, invalidAt(other)));
      expect(apart).not.toContain('dearer');
      expect(apart).toMatch(
        /concurrency 4: not measured validly at concurrency 16, the load of the best; 2 of 3 loads/,
      );
      expect(apart).toMatch(/How sure Not settled .*the next best has no valid figure at this load/);
      expect(apart).toContain('cheapest of what was validly measured:');
    });
  });

  it('says that the best load was the highest one, and whether cost was still falling there', async () => {
    const flawless = { types: 1, flawless: true, slo: {} };
    const still = 'the highest load asked for; cost was still falling';
    expect(firstScreen(await reportOf({ ...flawless, concurrencies: [1, 4, 16] }))).toContain(still);
    expect(firstScreen(await reportOf({ ...flawless, concurrencies: [4] }))).toContain('the only load asked for');
    const unknownBelow = await reportOf({ ...flawless, concurrencies: [4, 16] }, (input) => ({
      ...input,
      rows: input.rows.map((row) => (row.concurrency === 4 ? { ...row, valid: false } : row)),
    }));
    expect(firstScreen(unknownBelow)).toMatch(/the highest load asked for(?!; cost)/);
    const inside = await reportOf({ ...flawless, concurrencies: [1, 4, 16], slo: { requestLatencyP95Ms: 3000 } });
    expect(firstScreen(inside)).not.toContain(still);
  });

  it('does not claim more certainty than there is', async () => {
    expect(firstScreen(await reportOf({ repeats: 1 }))).toMatch(/Measured once .*not known/);
    const twins = await reportOf({ types: 2, repeats: 3, flawless: true }, (input) => ({
      ...input,
      rows: input.rows.map((row) => ({
        ...row,
        price_usd_per_hour: 1,
        fee_usd_per_hour: 0,
        output_tokens_per_s: 1000 + row.repeat,
      })),
    }));
    expect(firstScreen(twins)).toContain('Too close to call');
    const pairs = await reportOf({ repeats: 2, flawless: true });
    expect(firstScreen(pairs)).toMatch(/in 2 repeats, too few for an interval/);
    expect(textOf(pairs)).toContain('Bars go from the smallest to the largest repeat');
  });

  it('says that no deployment met the targets, and what it would be without them', async () => {
    const text = firstScreen(await reportOf({ slo: { requestLatencyP95Ms: 1 } }));
    expect(text).toContain('No deployment met the latency targets');
    expect(text).toContain('(p95: request 1 ms)');
    expect(text).toMatch(/If latency did not matter: g6e\.4xlarge, TP 1 at concurrency 128 for \$0\.\d{3}/);
  });

  it('has no dollars where nobody knows a price', async () => {
    const unpriced = { price_usd_per_hour: null, fee_usd_per_hour: null, price_source: null, price_effective_at: null };
    const text = firstScreen(
      await reportOf({}, (input) => ({ ...input, rows: input.rows.map((row) => ({ ...row, ...unpriced })) })),
    );
    expect(text).toMatch(/gives most: [\d,]+ output tokens per second within the latency target, at no known price/);
    expect(text).not.toMatch(/\$\d/);
  });

  it('shows the mean where a generator gave no p95, never zero', async () => {
    const page = await reportOf({ slo: {} }, (input) => ({
      ...input,
      rows: input.rows.map((row) => ({ ...row, request_latency_p95_ms: null })),
    }));
    expect(firstScreen(page)).toMatch(/Latency, mean \d+\.\d\d s/);
    expect(page).toContain('>mean request latency, s</text>');
    expect(page).not.toContain('>p95 request latency, s</text>');
  });
});

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
    const input = await answeredBy(results, sampleRun());
    expect(renderReport(input)).toBe(renderReport(input));
  });

  it('names the deployments whose simulation was extrapolated, and marks their answers', async () => {
    const page = await reportOf({ types: 2, simulated: true }, (input) => {
      const extrapolated = input.rows[0]!.deployment_id;
      const profile = (id: string) => (id === extrapolated ? 'extrapolated' : 'seed');
      return { ...input, rows: input.rows.map((row) => ({ ...row, simulator_profile: profile(row.deployment_id) })) };
    });
    expect(page.match(/Extrapolated from other types or models[^:]*: [^;(]+ \(docs/g)).toHaveLength(1);
    const rows = page.match(/<tr[^>]*>(?:(?!<\/tr>).)*EXTRAPOLATED(?:(?!<\/tr>).)*<\/tr>/gs);
    expect(rows).toHaveLength(1);
    expect(await reportOf({ simulated: true })).not.toMatch(/Extrapolated from|EXTRAPOLATED/);
  });

  it('leads from each figure to its row, and from each row to its artifacts', async () => {
    const page = await reportOf();
    const marks = [...page.matchAll(/<a href="#(cell-[^"]+)" tabindex="-1"><path/g)];
    // Three figures, two sizes, four deployments at five loads; but one load of one of them was not valid.
    expect(marks.length).toBe(3 * 2 * (4 * 5 - 1));
    expect(page).toContain('<a href="artifacts/d0v0/d0v0i200c64r2/1/">artifacts</a>');
    expect(page).toContain('<a href="rows/d0v0i200c64r2.json">row</a>');
  });

  it('says at the top and at each figure that it was simulated', async () => {
    const page = await reportOf({ simulated: true });
    const headings = [...page.matchAll(/<figure>\s*<h3>([\s\S]*?)<\/h3>/g)].map(([, heading]) => heading);
    expect(headings.length).toBe(4);
    for (const heading of headings) expect(heading).toContain('SIMULATED');
    expect(firstScreen(page)).toMatch(/^ StepBench: .*SIMULATED\. No GPU stood behind/);
    expect(await reportOf()).not.toContain('SIMULATED');
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

describe('hostile text', () => {
  const HOSTILE = [
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    ']]><svg onload=alert(1)>',
    '</style></pre></svg><img src=x onerror=alert(1)>',
    'javascript:alert(1)',
    '\u202egnp.exe\u0000\ud800',
    '${1+1}{{7*7}}',
  ];

  it.each([HOSTILE.join(' '), HOSTILE.toReversed().join('')])('stays text wherever it comes from: %j', async (text) => {
    const page = await reportOf({ model: text, run: 'run', name: text, types: 2 }, (input) => ({
      ...input,
      plan: { ...input.plan, matrix: { name: text } },
      rows: input.rows.map((row) => ({
        ...row,
        instance_type: text,
        engine_arguments: JSON.stringify([text]),
        zone: text,
        invalid_explanation: row.valid ? null : text,
        price_source: text,
        error_reason: text,
      })),
      nodes: input.nodes.map((node) => ({ ...node, instance_type: text, instance_id: text })),
    }));
    expect(unclosed(page)).toEqual([]);
    expect(/<(script|img|iframe|object|embed|link)\b.{0,40}/i.exec(page)?.[0]).toBeUndefined();
    expect(/<[a-z][^>"]*(?:"[^"]*"[^>"]*)*\son\w+=.{0,40}/i.exec(page)?.[0]).toBeUndefined();
    for (const [, href = ''] of page.matchAll(/href="([^"]*)"/g)) {
      expect(href).toMatch(/^(#|rows\/|artifacts\/|\.\.\/index\.html$|data:(text\/csv|application\/json);)/);
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(/.{0,60}[\u0000\u202e].{0,20}/.exec(page)?.[0]).toBeUndefined();
    expect(page.isWellFormed()).toBe(true);
  });
});

/** As a store has them: one row a cell. */
const distinct = (rows: readonly CellRow[]): CellRow[] => [...new Map(rows.map((row) => [row.cell_id, row])).values()];
