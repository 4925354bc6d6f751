import type { CellRow } from '#core/results/cell-columns.ts';
import { cellAnchor } from '../anchors.ts';
import { AS_PUBLISHED, isAsPublished } from '../as-published.ts';
import { type DeploymentName, loadText } from '../deployment-names.ts';
import { counted } from '../format.ts';
import { type Html, html, NOTHING } from '../html.ts';
import { named } from '../marks.ts';
import { table } from '../table.ts';

/** More would hide the others: each row says it for itself in the table of all cells. */
const MOST_SHOWN = 60;
const MOST_LINKS = 20;

type Names = ReadonlyMap<string, DeploymentName>;

/** What was not valid, what failed, what is missing, and why. */
export function troubles(rows: readonly CellRow[], missing: number, names: Names): Html {
  const invalid = rows.filter(({ status, valid }) => status === 'measured' && !valid);
  const failed = rows.filter(({ status }) => status === 'failed');
  const noTtft = rows.filter(({ valid, ttft_valid }) => valid && ttft_valid === false);
  if (invalid.length + failed.length + noTtft.length + missing === 0) {
    return rows.some(isAsPublished)
      ? html`<p>Nothing is known of it: every cell was measured, and its figures are ${AS_PUBLISHED}.</p>`
      : html`<p>Nothing: every cell was measured, and every figure is valid.</p>`;
  }
  return html`${missing > 0 ? html`<p>${counted(missing, 'cell')} of the matrix ${missing === 1 ? 'has' : 'have'} no row: the run did not come to ${missing === 1 ? 'it' : 'them'}, or has not yet.</p>` : NOTHING}
${invalid.length === 0 ? NOTHING : html`<h3>Measured, but not valid: never ranked</h3><p>${codes(invalid)}</p>${list('Why these figures are not ranked', invalid, names, ({ invalid_explanation, invalid_reasons }) => invalid_explanation ?? invalid_reasons ?? '')}`}
${noTtft.length === 0 ? NOTHING : html`<h3>Valid, but for the time to first token</h3><p>It is longer than it was, by what the load generator took. It is not ranked and not compared; where even so it is below a target, the target was met. Everything else of these cells is valid.</p>${list('Why these times to first token are not ranked', noTtft, names, ({ ttft_invalid_explanation, ttft_invalid_reasons }) => ttft_invalid_explanation ?? ttft_invalid_reasons ?? '')}`}
${failed.length === 0 ? NOTHING : html`<h3>Not measured</h3><p>${errors(failed)}</p>${list('Why these cells have no figures', failed, names, ({ error_name, error_reason }) => `${error_name ?? 'Failed'}: ${error_reason ?? ''}`)}`}`;
}

const tally = (of: readonly string[]): string =>
  [...Map.groupBy(of, (one) => one)]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([one, all]) => `${one} (${counted(all.length, 'cell')})`)
    .join(', ');

const codes = (rows: readonly CellRow[]): string =>
  `Rules that were broken: ${tally(rows.flatMap(({ invalid_reasons }) => (invalid_reasons ?? 'unknown').split(',')))}.`;

const errors = (rows: readonly CellRow[]): string =>
  `Errors: ${tally(rows.map(({ error_name }) => error_name ?? 'unknown'))}.`;

/** Cells of a deployment that say the same stand together. */
function list(caption: string, rows: readonly CellRow[], names: Names, why: (row: CellRow) => string): Html {
  const groups = [...Map.groupBy(rows, (row) => JSON.stringify([row.deployment_id, why(row)])).values()];
  const shown = groups.slice(0, MOST_SHOWN);
  const rest = groups.slice(MOST_SHOWN).reduce((sum, group) => sum + group.length, 0);
  return html`${table({
    caption,
    columns: [{ title: 'deployment' }, { title: 'cells', kind: 'text' }, { title: 'why', kind: 'text' }],
    rows: shown.map((group) => {
      const [first] = group as [CellRow];
      const name = names.get(first.deployment_id);
      return {
        cells: [named(name, first.instance_type), cellLinks(group), why(first)],
      };
    }),
  })}${rest > 0 ? html`<p>And ${counted(rest, 'more cell')}: each row of <a href="#cells">all cells</a> says why.</p>` : NOTHING}`;
}

function cellLinks(group: readonly CellRow[]): Html {
  const shown = group.slice(0, MOST_LINKS).map((row, index) => {
    const load = loadText({ concurrency: row.concurrency, requestRate: row.request_rate_per_s });
    const repeat = row.repeat > 1 ? `, repeat ${row.repeat}` : '';
    return html`${index > 0 ? '; ' : ''}<a href="#${cellAnchor(row.cell_id)}">${load}${repeat}</a>`;
  });
  return html`${shown}${group.length > MOST_LINKS ? ` and ${group.length - MOST_LINKS} more` : ''}`;
}
