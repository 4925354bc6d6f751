import type { SqlRow } from '#core/ports/sql.ts';
import { QUESTIONS, type Queries } from '#core/results/questions.ts';
import { threeLines } from '#core/results/three-lines.ts';
import { Html, html } from './html.ts';
import { table } from './table.ts';

export interface ReportInput {
  run: string;
  /** Of the matrix. */
  name: string;
  region: string;
  /** ISO times. */
  startedAt: string;
  writtenAt: string;
  simulated: boolean;
  answers: readonly { name: string; rows: readonly SqlRow[] }[];
  queries: Queries;
}

const STYLE = new Html(`
:root { color-scheme: light dark; --line: #8886; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
table { border-collapse: collapse; font-size: 0.85rem; }
th, td { border-bottom: 1px solid var(--line); padding: 0.25rem 0.6rem; text-align: left; white-space: nowrap; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
th small { display: block; font-weight: normal; }
.scroll { overflow-x: auto; }
.simulated { border: 2px solid currentColor; padding: 0.5rem 1rem; font-weight: bold; }
.answer { font-size: 1.15rem; }
`);

/** One file that stands alone: no script, no request to anywhere. */
export function renderReport(input: ReportInput): string {
  const { run, name, region, startedAt, writtenAt, answers, queries } = input;
  const sections = QUESTIONS.map((question) => {
    const rows = answers.find((one) => one.name === question)?.rows;
    const query = queries.questions[question];
    return html`<section id="${question}"><h2>${query.question}</h2><p>${query.notes}</p>${
      rows === undefined
        ? html`<p>Not answered: the query failed. Ask again with <code>stepbench query ${question}</code>.</p>`
        : table(query, rows)
    }</section>`;
  });
  const page = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>StepBench: ${name}</title><style>${STYLE}</style></head>
<body>
<h1>${name}</h1>
<p>Run ${run}, ${region}, started ${startedAt}.</p>
${input.simulated ? html`<p class="simulated">SIMULATED: no GPU stood behind these engines. The figures show how the tool works, not what the hardware does.</p>` : ''}
<ul class="answer">${threeLines(answers).map((line) => html`<li>${line}</li>`)}</ul>
${sections}
<footer><p>Written ${writtenAt} by StepBench.</p></footer>
</body>
</html>
`;
  return page.text;
}
