import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeCli, stepbench } from '#test/cli/fake-cli.ts';

const files = [
  'README.md',
  ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [join('docs', name)] : [])),
];

/** Every call of the command line in a file: in a block of code as a line, in text between backticks. */
function calls(text: string): string[] {
  const blocks = [...text.matchAll(/^ *```(?:sh|console)$([\s\S]*?)^ *```$/gm)].flatMap(([, block = '']) =>
    block.split('\n'),
  );
  const inline = [...text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '').matchAll(/`([^`]+)`/g)].map(
    ([, code = '']) => code,
  );
  return [...blocks, ...inline].flatMap((line) => {
    const [, call] = /^(?:\$ )?(?:npx )?stepbench ([a-z].*)$/.exec(line.replace(/\s+#.*$/, '').trim()) ?? [];
    return call === undefined ? [] : [call];
  });
}

async function helpOf(...command: string[]): Promise<string> {
  const cli = fakeCli();
  await stepbench(cli, ...command, '--help');
  return cli.stdout.text();
}

describe('commands that the documents name', () => {
  const named = files.flatMap((file) => calls(readFileSync(file, 'utf8')).map((call) => [file, call] as const));

  it('are found in them', () => {
    expect(named.length).toBeGreaterThan(30);
  });

  it.each(named)('%s: stepbench %s', async (_, call) => {
    const [command = '', sub = ''] = call.split(/\s+/);
    const help = await helpOf(...(command === 'schedule' && /^[a-z]+$/.test(sub) ? [command, sub] : [command]));
    expect(help).toContain(`Usage: stepbench ${command}`);
    for (const [option] of call.matchAll(/--[a-z][a-z-]*/g)) expect(help).toContain(option);
  });
});
