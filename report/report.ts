import { extrapolatedDeployments } from '#core/results/marks.ts';
import { cellCounts, runStatus } from '#core/results/status.ts';
import { AS_PUBLISHED, isAsPublished } from './as-published.ts';
import { type DeploymentName, namesOf } from './deployment-names.ts';
import { counted, time } from './format.ts';
import { type Html, html, NOTHING, type Part } from './html.ts';
import type { ReportInput } from './input.ts';
import { workloadsOf } from './load-points.ts';
import { page } from './page.ts';
import { facts, headline } from './sections/answer.ts';
import { answers as furtherAnswers } from './sections/answers.ts';
import { cells } from './sections/cells.ts';
import { costs } from './sections/costs.ts';
import { downloads } from './sections/downloads.ts';
import { figures } from './sections/figures.ts';
import { provenance } from './sections/provenance.ts';
import { notRanked, ranking } from './sections/ranking.ts';
import { troubles } from './sections/troubles.ts';
import { startsOf, startsText } from './starts.ts';
import { type Verdict, verdictsOf } from './verdict.ts';
import { workloadText } from './workload-text.ts';

/** Workloads beyond these have their answer and their rows, but no figures. */
const MOST_DRAWN = 6;

const SOME_SIMULATED = html`<strong>SIMULATED in part.</strong> Behind some of these engines stood no GPU: each answer and figure says so. Do not buy by those.`;

const SIMULATED = html`<strong>SIMULATED.</strong> No GPU stood behind these engines: the figures show how the tool works, not what the hardware does. Do not buy by them.`;

/** A run's report: one page that stands alone, the answer first. */
export function renderReport(input: ReportInput): string {
  const { plan, rows, nodes, spent, writtenAt } = input;
  const answers = new Map(input.answers.map(({ name, rows: answered }) => [name, answered]));
  const workloads = workloadsOf(rows);
  const verdicts = verdictsOf({ slo: plan.slo, workloads, answers });
  const names = namesOf(rows, orderOf(verdicts, answers.get('price-performance') ?? []));
  const asked = Object.values(plan.cellsOf).flat();
  const counts = cellCounts(rows, asked);
  const known = new Set(rows.map(({ cell_id }) => cell_id));
  const missing = asked.filter((id) => !known.has(id)).length;
  const bad = counts.invalid + counts.failed;
  const unanswered = ['price-performance', 'low-latency'].filter((name) => !answers.has(name));
  return page(
    `StepBench: ${plan.name}`,
    html`<header>
${simulatedNote(input, names)}${asPublishedNote(rows)}
<p>StepBench report: <bdi>${plan.name}</bdi>, run <bdi>${plan.run}</bdi>, ${plan.region}, started ${startsText(startsOf(plan))}. ${runStatus(rows, asked)}: <a href="#troubles">${counts.valid} of ${counted(counts.total, 'cell')} valid</a>${rows.some(isAsPublished) ? `, ${AS_PUBLISHED}` : ''}.</p>
</header>
<main id="main" tabindex="-1">
${headline(verdicts[0])}
${unanswered.length === 0 ? NOTHING : html`<p class="simulated">Not answered: ${unanswered.join(', ')}. The rows are here; ask again with <code>stepbench report ${plan.run}</code>.</p>`}
${verdicts.map((verdict, index) => answerOf(verdict, index, verdicts.length, input, names))}
<nav aria-label="Sections"><ul>${verdicts.length > 0 ? html`<li><a href="#workload-0">Under load</a></li>` : NOTHING}<li><a href="#costs">What the run cost</a></li><li><a href="#troubles">What is not valid, and why</a></li><li><a href="#cells">All cells</a></li><li><a href="#provenance">Where the figures come from</a></li><li><a href="../index.html">All runs</a></li></ul></nav>
${verdicts.map((verdict, index) => drawing(verdict, index, verdicts.length, input, names))}
${furtherAnswers(input.answers, input.queries, workloads)}
<section id="costs" aria-labelledby="costs-title"><h2 id="costs-title">What the run cost</h2>${costs(nodes, rows, plan, spent, names)}</section>
<section id="troubles" aria-labelledby="troubles-title"><h2 id="troubles-title">What is not valid, and why${bad > 0 ? ` (${counted(bad, 'cell')})` : ''}</h2>${troubles(rows, missing, names)}</section>
<section id="provenance" aria-labelledby="provenance-title"><h2 id="provenance-title">Where the figures come from</h2>${provenance(plan, rows, nodes, writtenAt)}</section>
<section id="cells" aria-labelledby="cells-title"><h2 id="cells-title">All cells</h2>${downloads(rows, plan.run)}${cells(rows, names)}</section>
</main>
<footer><p class="quiet">Written ${time(writtenAt)} by StepBench.</p></footer>`,
  ).text;
}

function simulatedNote({ rows, nodes }: ReportInput, names: Names): Html {
  // A load generator has no GPU anywhere: it says nothing about the engine, as of an endpoint that was there before.
  const engines = nodes.filter(({ role, node_s }) => role === 'engine' && node_s > 0);
  const all = [...rows.filter(({ status }) => status === 'measured'), ...engines];
  const simulated = all.filter((one) => one.simulated).length;
  if (simulated === 0) return NOTHING;
  const note = simulated === all.length ? SIMULATED : SOME_SIMULATED;
  return html`<p class="simulated">${note}${extrapolatedNote(rows, names)}</p>`;
}

function asPublishedNote(rows: ReportInput['rows']): Html {
  const count = rows.filter(isAsPublished).length;
  if (count === 0) return NOTHING;
  return html`<p class="simulated"><strong>AS PUBLISHED, NOT JUDGED.</strong> The figures of ${counted(count, 'cell')} were measured elsewhere and are taken as valid at the word of their source: no rule of StepBench has judged them (docs/measurement.md).</p>`;
}

/** By name: for the others of the simulated engines there was a measurement to fit the timing to. */
function extrapolatedNote(rows: ReportInput['rows'], names: Names): Part {
  const extrapolated = [...extrapolatedDeployments(rows)].map((id) => names.get(id)?.text ?? id);
  if (extrapolated.length === 0) return NOTHING;
  return html` <strong>EXTRAPOLATED</strong> from other types or models, with no measurement of their own behind them: ${extrapolated.join('; ')} (docs/simulator.md).`;
}

/** Deployments from the best on, over all workloads. */
const orderOf = (verdicts: readonly Verdict[], peaks: readonly Record<string, unknown>[]): string[] => [
  ...verdicts.flatMap(({ ranking: ranked }) => ranked.map(({ answer }) => String(answer.deployment_id))),
  ...peaks.toSorted((a, b) => Number(a.place) - Number(b.place)).map((peak) => String(peak.deployment_id)),
];

type Names = ReadonlyMap<string, DeploymentName>;

function answerOf(verdict: Verdict, index: number, of: number, { plan }: ReportInput, names: Names): Html {
  if (index >= MOST_DRAWN) return NOTHING;
  const workload = html`<p class="quiet">For ${workloadText(verdict.workload.first)}.</p>`;
  const title = of === 1 ? workload : html`<h2>${workloadText(verdict.workload.first)}</h2>`;
  return html`<section aria-label="Answer${of === 1 ? '' : ` ${index + 1}`}">${title}${facts(verdict, plan.slo, names)}${verdict.ranking.length > 1 ? ranking(verdict, names) : NOTHING}${notRanked(verdict, names)}</section>`;
}

function drawing(verdict: Verdict, index: number, of: number, { plan }: ReportInput, names: Names): Html {
  const { first } = verdict.workload;
  const id = `workload-${index}`;
  if (index === MOST_DRAWN)
    return html`<p>${counted(of - MOST_DRAWN, 'more workload')} without figures: their rows are in <a href="#cells">all cells</a>.</p>`;
  if (index > MOST_DRAWN) return NOTHING;
  return html`<section aria-labelledby="${id}"><h2 id="${id}">Under load${of === 1 ? '' : html`: ${workloadText(first)}`}</h2>${figures(verdict, plan.slo, names, index)}</section>`;
}
