import { readFile, writeFile } from 'node:fs/promises';
import { columnsDoc } from '#core/results/columns-doc.ts';
import { diagram } from '#statemachines/diagram.ts';
import { overview } from '#statemachines/overview.ts';
import { renderBenchmark } from '#statemachines/render.ts';
import { predecessorDoc } from './generate-predecessor.ts';
import { matrixJsonSchema } from './generate-schema.ts';

/** Files that are made from the code and committed. `--check` fails when one is not what the code says. */
const asl = renderBenchmark();
const generated: Record<string, string> = {
  'README.md': withPicture(await readFile('README.md', 'utf8')),
  'statemachines/benchmark.asl.json': asl,
  'matrix.schema.json': `${JSON.stringify(matrixJsonSchema(), null, 2)}\n`,
  'docs/columns.md': columnsDoc(),
  'docs/predecessor.md': await predecessorDoc(),
  'docs/state-machine.md': `# The state machine\n\nGenerated from \`statemachines/\`. Dashed arrows are caught errors; waits are folded into their loops.\n\n\`\`\`mermaid\n${diagram(JSON.parse(asl))}\n\`\`\`\n`,
};

/** The README's picture stands between two marks. */
function withPicture(readme: string): string {
  const picture = `\n\`\`\`mermaid\n${overview(JSON.parse(asl))}\n\`\`\`\n`;
  return readme.replace(
    /(<!-- picture of the machine: generated -->)[\s\S]*?(<!-- end of picture -->)/,
    (_, from, to) => `${from}${picture}${to}`,
  );
}

const check = process.argv.includes('--check');
const stale: string[] = [];
for (const [path, content] of Object.entries(generated)) {
  const current = await readFile(path, 'utf8').catch(() => undefined);
  if (current === content) continue;
  if (check) stale.push(path);
  else await writeFile(path, content);
}
if (stale.length > 0) {
  console.error(`Not what the code generates: ${stale.join(', ')}. Run \`npm run generate\` and commit.`);
  process.exit(1);
}
