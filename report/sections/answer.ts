import type { Slo } from '#core/plan/types.ts';
import type { SqlRow } from '#core/ports/sql.ts';
import { marksOf } from '#core/results/marks.ts';
import { cellAnchor } from '../anchors.ts';
import { AS_PUBLISHED, isAsPublished } from '../as-published.ts';
import { type DeploymentName, loadText } from '../deployment-names.ts';
import { latency, percent, target, usd, usdPerHour, usdRange, whole } from '../format.ts';
import { type Html, html, NOTHING, type Part } from '../html.ts';
import { highestLoad, loadOf, notComparable, partlyValid } from '../loads-asked.ts';
import { extrapolatedMark, marked, named } from '../marks.ts';
import type { Spread } from '../spread.ts';
import { TARGETS } from '../targets.ts';
import type { Ranked, Verdict } from '../verdict.ts';
import { workloadText } from '../workload-text.ts';
import { sureness } from './certainty.ts';

type Names = ReadonlyMap<string, DeploymentName>;

/** The answer in one sentence: the page's heading. */
export function headline(verdict: Verdict | undefined): Html {
  const best = verdict?.ranking[0];
  if (verdict === undefined || best === undefined) {
    return html`<h1>${whyNone(verdict)}</h1>`;
  }
  const { answer } = best;
  const { usd_per_million_output_tokens: cost } = answer;
  if (cost === null) {
    return html`<h1>${settings(answer)} gives most: ${whole(answer.output_tokens_per_s)} output tokens per second${verdict.withinTargets ? ' within the latency target' : ''}, at no known price${marked(marksOf(answer))}${publishedMark(best)}</h1>`;
  }
  return html`<h1>${settings(answer)} serves <bdi>${String(answer.model ?? 'the model')}</bdi> cheapest${nextIsComparable(verdict) ? '' : ' of what was validly measured'}${verdict.withinTargets ? ' within the latency target' : ''}: ${usd(cost)} per million output tokens${marked(marksOf(answer))}${publishedMark(best)}</h1>`;
}

/** Beside the answer, as what was simulated is marked. */
const publishedMark = ({ point }: Ranked): Html =>
  point?.rows.some(isAsPublished) === true
    ? html` <strong class="simulated-mark">${AS_PUBLISHED.toUpperCase()}</strong>`
    : NOTHING;

function whyNone(verdict: Verdict | undefined): string {
  const { rows, points } = verdict?.workload ?? { rows: [], points: [] };
  if (!rows.some(({ status }) => status === 'measured')) return 'Nothing was measured';
  if (points.length === 0) return 'Nothing that was measured is valid';
  return verdict?.withinTargets === true
    ? 'No deployment was shown to meet the latency targets'
    : 'Nothing could be ranked';
}

/** What the one who signs has to know, six facts of it. */
export function facts(verdict: Verdict, slo: Slo, names: Names): Html {
  const [best, next] = verdict.ranking;
  if (best === undefined) return noAnswer(verdict, slo);
  const { answer, point } = best;
  const valid = (one: Ranked) => partlyValid(verdict.workload, String(one.answer.deployment_id));
  const comparable = nextIsComparable(verdict);
  const sure = sureness(verdict, comparable, names);
  const tiles: [string, Part, Part][] = [
    [
      'Cost per million output tokens',
      usd(answer.usd_per_million_output_tokens),
      costNote(answer, point?.usdPerMillion),
    ],
    ['Instance', settings(answer), joined(instanceNote(answer, names), valid(best))],
    [
      'Load',
      loadText(loadOf(best)),
      joined(
        `${whole(answer.output_tokens_per_s)} output tokens/s over all requests`,
        highestLoad(verdict.workload, best),
      ),
    ],
    answer.request_latency_p95_ms === null
      ? ['Latency, mean', latency(point?.latencyMeanMs?.mean), 'of whole requests; there is no p95 of them']
      : ['Latency, p95', latency(answer.request_latency_p95_ms), targetNotes(slo, answer)],
    ['How sure', sure.word, sure.note],
    next === undefined
      ? [
          'Next best',
          'none',
          verdict.withinTargets ? 'No other deployment was shown to meet the targets.' : 'Nothing else was ranked.',
        ]
      : ['Next best', costOrRate(next.answer), joined(nextNote(best, next, names, comparable), valid(next))],
  ];
  return html`<dl class="facts">${tiles.map(
    ([title, value, note], index) =>
      html`<div><dt>${title}</dt><dd>${big(index === 5 ? next : best, value)}<small>${note}</small></dd></div>`,
  )}</dl>${otherLoads(verdict, names)}${peakNote(verdict)}`;
}

const costOrRate = ({ usd_per_million_output_tokens, output_tokens_per_s }: SqlRow): string =>
  usd_per_million_output_tokens === null
    ? `${whole(output_tokens_per_s)} tokens/s`
    : usd(usd_per_million_output_tokens);

const big = (ranked: Ranked | undefined, value: Part): Html => {
  const first = ranked?.point?.rows[0];
  return first === undefined
    ? html`<span class="big">${value}</span>`
    : html`<a class="big" href="#${cellAnchor(first.cell_id)}">${value}</a>`;
};

const settings = ({ instance_type, tensor_parallel }: SqlRow): string =>
  tensor_parallel === null ? String(instance_type) : `${instance_type}, TP ${tensor_parallel}`;

const joined = (note: Part, more: string | undefined): Html => html`${note}${more === undefined ? '' : `; ${more}`}`;

const nextIsComparable = (verdict: Verdict): boolean => {
  const next = verdict.ranking[1];
  return next === undefined || !notComparable(verdict).includes(next);
};

function costNote(answer: SqlRow, cost: Spread | null | undefined): Part {
  if (answer.usd_per_hour === null) return 'nobody gave a price for it';
  const priced = `at ${usdPerHour(answer.usd_per_hour)}, ${answer.capacity_type ?? 'price'} of ${answer.price_effective_at ?? 'unknown date'}`;
  if (cost == null || cost.count < 2) return priced;
  const bar = usdRange(cost.low, cost.high);
  return cost.isInterval
    ? html`${bar} with 95 % confidence, of ${cost.count} repeats; ${priced}`
    : html`${bar} in ${cost.count} repeats, too few for an interval; ${priced}`;
}

function instanceNote(answer: SqlRow, names: Names): Part {
  const letter = names.get(String(answer.deployment_id))?.letter;
  const gpus = Number(answer.gpu_count);
  const used = Number(answer.tensor_parallel) * Number(answer.pipeline_parallel ?? 1);
  const idle = gpus > used ? `; ${gpus - used} of them unused but paid for` : '';
  const hardware = gpus > 0 ? `${gpus} × ${answer.gpu_name ?? 'GPU'}${idle}` : 'a server that runs already';
  return html`${hardware}${letter === undefined ? '' : `; ${letter} in the figures`}`;
}

function targetNotes(slo: Slo, answer: SqlRow): string {
  const notes = TARGETS.flatMap(({ name, column, what }) => {
    const bound = slo[name];
    if (bound === undefined) return [];
    if (column === 'request_latency_p95_ms') return [`target ${target(bound)}`];
    if (column === 'ttft_p95_ms' && answer[column] === null) {
      return [`${what} below ${latency(answer.ttft_p95_at_most_ms)}, target ${target(bound)}`];
    }
    return [`${what} ${latency(answer[column])}, target ${target(bound)}`];
  });
  return notes.length === 0 ? 'of whole requests; the matrix has no target' : notes.join('; ');
}

function nextNote(best: Ranked, next: Ranked, names: Names, comparable: boolean): Html {
  const [ours, theirs] = [
    Number(best.answer.usd_per_million_output_tokens),
    Number(next.answer.usd_per_million_output_tokens),
  ];
  const letter = names.get(String(next.answer.deployment_id))?.letter;
  const place = letter === undefined ? settings(next.answer) : `${letter}: ${settings(next.answer)}`;
  const at = html`${place}${extrapolatedMark(next.answer.extrapolated === true)}, ${loadText(loadOf(next))}`;
  if (!comparable) return html`${at}: not measured validly at ${loadText(loadOf(best))}, the load of the best`;
  return html`${at}${theirs > 0 && ours > 0 ? `: ${percent(theirs / ours - 1)} dearer` : ''}`;
}

/** Everybody who ranks by these has to know which of them stand there with another load. */
function otherLoads(verdict: Verdict, names: Names): Html {
  const [best] = verdict.ranking;
  const others = notComparable(verdict);
  if (best === undefined || others.length === 0) return NOTHING;
  const list = others.map((one, index) => {
    const name = names.get(String(one.answer.deployment_id));
    return html`${index > 0 ? '; ' : ''}${named(name, settings(one.answer))}`;
  });
  return html`<p>Not measured validly at ${loadText(loadOf(best))}, the load of the best, and so ranked by another load: ${list}. <a href="#troubles">Why</a>.</p>`;
}

function peakNote({ peak, withinTargets }: Verdict): Html {
  if (peak === undefined || !withinTargets) return NOTHING;
  const { answer } = peak;
  return html`<p>If latency did not matter: ${settings(answer)} at ${loadText(loadOf(peak))} for ${linked(peak, usd(answer.usd_per_million_output_tokens))} per million output tokens, with a p95 latency of ${latency(answer.request_latency_p95_ms)}${marked(marksOf(answer))}.</p>`;
}

const linked = (ranked: Ranked, value: Part): Html => {
  const first = ranked.point?.rows[0];
  return first === undefined ? html`${value}` : html`<a href="#${cellAnchor(first.cell_id)}">${value}</a>`;
};

function noAnswer(verdict: Verdict, slo: Slo): Html {
  const targets = TARGETS.flatMap(({ name, what }) =>
    slo[name] === undefined ? [] : [`${what} ${target(slo[name])}`],
  );
  return html`<p>${workloadText(verdict.workload.first)}: ${
    targets.length > 0 && verdict.workload.points.length > 0
      ? `no load point was shown to meet the target${targets.length > 1 ? 's' : ''} (p95: ${targets.join(', ')}).`
      : 'no valid measurement. Why stands below.'
  }</p>${peakNote(verdict)}`;
}
