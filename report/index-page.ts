import { allMarks, type Mark, type Marked, marksOf } from '#core/results/marks.ts';
import { AS_PUBLISHED } from './as-published.ts';
import { figure } from './chart/figure.ts';
import { history } from './chart/history.ts';
import { legend } from './chart/legend.ts';
import { letterOf, loadText, lookOf, MOST_LOOKS } from './deployment-names.ts';
import { counted, latency, short, time, usd, usdPerHour, usdRange, whole } from './format.ts';
import { type Html, html, NOTHING } from './html.ts';
import { page } from './page.ts';
import { startsText } from './starts.ts';
import type { ReportSummary, SummarizedResult } from './summary.ts';
import { table } from './table.ts';

/** Configurations beyond these, the latest measured first, have their reports. */
const MOST_CONFIGURATIONS = 200;
/** More runs of one list of prices say nothing more. */
const MOST_LINKS = 5;
/** A figure with more runs has no room for their days. */
const MOST_RUNS_DRAWN = 20;

interface Entry {
  summary: ReportSummary;
  result: SummarizedResult;
}

/** The runs of a store, the latest first, and what each configuration cost over them. It stands in runs/. */
export function renderIndex(summaries: readonly ReportSummary[], writtenAt: string): string {
  const runs = summaries.toSorted((a, b) =>
    a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : a.run < b.run ? -1 : 1,
  );
  return page(
    'StepBench: all runs',
    html`<header><p>StepBench, written ${time(writtenAt)}</p></header>
<main id="main" tabindex="-1"><h1>${counted(runs.length, 'run')} in this store</h1>
${markedNote(allMarks(runs))}
${runTable(runs)}
<section id="history" aria-labelledby="history-title"><h2 id="history-title">History of each configuration</h2>
<p class="notes">A configuration is a deployment (instance type, engine and its settings) under one workload, at the load that its run's answer chose. Runs may have been asked with other targets and paid at other prices: both stand in the tables.</p>
${histories(runs)}</section>
<section id="prices" aria-labelledby="prices-title"><h2 id="prices-title">Where the dollars come from</h2>
${priceTable(runs)}</section>
</main>
<footer><p class="quiet">Written ${time(writtenAt)} by StepBench.</p></footer>`,
  ).text;
}

const markedNote = (marks: readonly Mark[]): Html =>
  marks.length === 0
    ? NOTHING
    : html`<p class="simulated"><strong>SIMULATED</strong> runs are marked: no GPU stood behind their figures.${marks.includes('EXTRAPOLATED') ? html` Those marked <strong>EXTRAPOLATED</strong> are of engines, in part or all, that no measurement was there to simulate by.` : NOTHING}</p>`;

const figuresOf = (one: Marked & Pick<ReportSummary, 'asPublished'>): string =>
  [...marksOf(one), ...(one.asPublished === true ? [AS_PUBLISHED] : [])].join(', ') || 'measured';

/** The dates of its prices; their lists are in its report, and below. */
function pricesOf({ run, prices }: ReportSummary): Html {
  const dates = new Set(prices?.map(({ effectiveAt }) => effectiveAt ?? 'no date'));
  if (prices?.length === 0) return html`–`;
  return html`<a href="${reportUrl(run)}#provenance">${[...dates].sort().join(', ') || 'see its report'}</a>`;
}

/** Every dollar figure carries the price it was computed from. */
function priceTable(runs: readonly ReportSummary[]): Html {
  const uses = runs.flatMap(({ run, prices = [] }) => prices.map((price) => ({ run, price })));
  const lists = [...Map.groupBy(uses, ({ price }) => JSON.stringify(price)).values()];
  return table({
    caption:
      'Prices that the dollars of this page are computed from; for how a fee follows from them see the report of a run',
    columns: [{ title: 'read from', kind: 'text' }, { title: 'date' }, { title: 'runs', kind: 'text' }],
    rows: lists.map((own) => {
      const [first] = own as [(typeof uses)[number]];
      const shown = own
        .slice(0, MOST_LINKS)
        .map(
          ({ run }, index) =>
            html`${index > 0 ? ', ' : ''}<a href="${reportUrl(run)}#provenance"><bdi>${run}</bdi></a>`,
        );
      const more = own.length - shown.length;
      return {
        cells: [first.price.list, first.price.effectiveAt ?? '–', html`${shown}${more > 0 ? ` and ${more} more` : ''}`],
      };
    }),
  });
}

const reportUrl = (run: string): string => `${encodeURIComponent(run)}/report.html`;

const runTable = (runs: readonly ReportSummary[]): Html =>
  table({
    caption: 'Runs, the latest first',
    columns: [
      { title: 'run', kind: 'name' },
      { title: 'matrix', kind: 'name' },
      { title: 'started', kind: 'name' },
      { title: 'status' },
      { title: 'valid cells', kind: 'number' },
      { title: 'answer', kind: 'name' },
      { title: '$ per million output tokens', unit: 'USD', kind: 'number' },
      { title: 'nodes', unit: 'USD', kind: 'number' },
      { title: 'prices of' },
      { title: 'figures', kind: 'name' },
    ],
    rows: runs.map((summary) => {
      const { run, name, status, cells, totalUsd, results } = summary;
      const best = results.find(({ place }) => place === 1);
      return {
        cells: [
          html`<a href="${reportUrl(run)}"><bdi>${run}</bdi></a>`,
          html`<bdi>${name}</bdi>`,
          startsText(summary),
          status,
          `${cells.valid} of ${cells.total}`,
          best === undefined ? '–' : html`<bdi>${best.settings}</bdi>, ${loadText(best)}`,
          usd(best?.usdPerMillion),
          usd(totalUsd),
          pricesOf(summary),
          figuresOf(summary),
        ],
      };
    }),
  });

/** A figure a workload where there is more than one run to compare, and a table each. */
function histories(runs: readonly ReportSummary[]): Html {
  const entries: Entry[] = runs.flatMap((summary) => summary.results.map((result) => ({ summary, result })));
  const configurations = [...Map.groupBy(entries, ({ result }) => result.configuration).values()];
  if (configurations.length === 0) return html`<p>Nothing was ranked yet.</p>`;
  const shown = configurations.slice(0, MOST_CONFIGURATIONS);
  const left = configurations.length - shown.length;
  const byWorkload = Map.groupBy(shown, (own) => JSON.stringify(own[0]!.result.workload));
  return html`${[...byWorkload.values()].map((own, index) => workloadHistory(own, index))}${left > 0 ? html`<p>${counted(left, 'older configuration')}: see the reports of their runs.</p>` : NOTHING}`;
}

function workloadHistory(configurations: readonly Entry[][], index: number): Html {
  const { model, isl, osl, endpoint } = configurations[0]![0]!.result.workload;
  const lettered = configurations.map((entries, place) => ({
    letter: letterOf(place),
    text: [entries[0]!.result.settings, ...allMarks(entries.map(({ result }) => result))].join(', '),
    entries,
  }));
  const priced = lettered.map((one) => ({ ...one, entries: one.entries.filter(hasPrice) }));
  const drawn = priced.filter(({ entries }) => entries.length > 1).slice(0, MOST_LOOKS);
  return html`<section class="rows"><h3><bdi>${model ?? 'model unknown'}</bdi>, ${short(isl)} tokens in, ${short(osl)} out, ${endpoint}</h3>
${drawn.length === 0 ? NOTHING : drawing(drawn, index)}
${table({
  caption: 'Configurations, each with its runs, the latest first',
  columns: [
    { title: 'configuration', kind: 'name' },
    { title: 'run', kind: 'name' },
    { title: 'started', kind: 'name' },
    { title: '$ per million output tokens', unit: 'USD', kind: 'number' },
    { title: 'interval', unit: '95 %, USD', kind: 'number', meaning: 'of the mean over repeats; of two, their range' },
    { title: 'load', kind: 'name' },
    { title: 'output', unit: 'tokens/s', kind: 'number' },
    { title: 'request latency', unit: 'p95', kind: 'number' },
    { title: 'price and fee', kind: 'number' },
    { title: 'price of' },
    { title: 'figures', kind: 'name' },
  ],
  rows: lettered.flatMap(({ letter, text, entries }) =>
    entries.map(({ summary, result }) => ({
      cells: [
        html`<b>${letter}</b> <bdi>${text}</bdi>`,
        html`<a href="${reportUrl(summary.run)}"><bdi>${summary.run}</bdi></a>`,
        time(summary.startedAt),
        usd(result.usdPerMillion),
        result.usdPerMillionRange === null ? 'once' : usdRange(...result.usdPerMillionRange),
        `${loadText(result)}${result.withinTargets ? ', within targets' : ''}`,
        whole(result.outputTokensPerS),
        latency(result.latencyP95Ms),
        usdPerHour(result.usdPerHour),
        result.priceEffectiveAt ?? '–',
        figuresOf({ ...result, asPublished: summary.asPublished === true }),
      ],
    })),
  ),
})}</section>`;
}

type PricedEntry = Entry & { result: { usdPerMillion: number } };

const hasPrice = (entry: Entry): entry is PricedEntry => entry.result.usdPerMillion !== null;

function drawing(
  drawn: readonly { letter: string; text: string; entries: readonly PricedEntry[] }[],
  index: number,
): Html {
  const runs = [
    ...new Map(drawn.flatMap(({ entries }) => entries).map(({ summary }) => [summary.run, summary])).values(),
  ]
    .sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1))
    .slice(-MOST_RUNS_DRAWN);
  const known = new Set(runs.map(({ run }) => run));
  const lines = drawn.map(({ letter, text, entries }) => ({
    letter,
    text,
    values: entries
      .filter(({ summary }) => known.has(summary.run))
      .toReversed()
      .map(({ summary, result }) => ({
        run: summary.run,
        usdPerMillion: result.usdPerMillion,
        range: result.usdPerMillionRange,
      })),
  }));
  return html`${figure({
    name: `history${index}`,
    title: 'Dollars per million output tokens, run after run',
    caption:
      'Bars are 95 % intervals of the mean over a run’s repeats, or what two repeats span. Each mark leads to its report.',
    marks: allMarks(drawn.flatMap(({ entries }) => entries.map(({ result }) => result))),
    legend: legend(lines.map(({ letter, text }, place) => ({ letter, text, look: lookOf(place) }))),
    ...history(
      lines,
      runs.map(({ run, startedAt }) => ({ run, day: startedAt.slice(0, 10) })),
    ),
  })}`;
}
