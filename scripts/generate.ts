import { readFile, writeFile } from 'node:fs/promises';
import { columnsDoc } from '#core/results/columns-doc.ts';
import { diagram } from '#statemachines/diagram.ts';
import { overview } from '#statemachines/overview.ts';
import { renderBenchmark } from '#statemachines/render.ts';
import { cliDoc } from './generate-cli-doc.ts';
import { predecessorDoc } from './generate-predecessor.ts';
import { matrixJsonSchema } from './generate-schema.ts';
import { securityTables } from './security/tables.ts';

/** Files that are made from the code and committed. `--check` fails when one is not what the code says. */
const asl = renderBenchmark();
const generated: Record<string, string> = {
  'README.md': filled(await readFile('README.md', 'utf8'), {
    'picture of the machine': `\`\`\`mermaid\n${overview(JSON.parse(asl))}\n\`\`\``,
  }),
  'statemachines/benchmark.asl.json': asl,
  'matrix.schema.json': `${JSON.stringify(matrixJsonSchema(), null, 2)}\n`,
  'docs/cli.md': cliDoc(),
  'docs/columns.md': columnsDoc(),
  'docs/predecessor.md': await predecessorDoc(),
  'docs/security.md': filled(await readFile('docs/security.md', 'utf8'), securityTables()),
  'docs/state-machine.md': `# The state machine\n\nGenerated from \`statemachines/\`. Dashed arrows are caught errors; waits are folded into their loops.\n\n\`\`\`mermaid\n${diagram(JSON.parse(asl))}\n\`\`\`\n`,
};

/**
 * A text with what is between each pair of its marks made anew.
 * @throws Error for a part without its marks: what is meant to be there would be missing unseen.
 */
function filled(text: string, parts: Record<string, string>): string {
  return Object.entries(parts).reduce((whole, [name, part]) => {
    const marks = new RegExp(`(<!-- ${name}: generated -->)[\\s\\S]*?(<!-- end of ${name} -->)`);
    if (!marks.test(whole)) throw new Error(`The marks of "${name}" are missing.`);
    return whole.replace(marks, (_, from, to) => `${from}\n${part}\n${to}`);
  }, text);
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
