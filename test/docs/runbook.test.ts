import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ErrorName } from '#core/workflow/errors.ts';

const runbook = readFileSync('docs/runbook.md', 'utf8');

it('the runbook has an answer to every error of the machine', () => {
  const rows = runbook.split('\n').filter((line) => line.startsWith('| '));
  const named = rows.flatMap((row) => (row.split(' | ')[0] as string).slice(2).split(', '));
  const answered = new Set(named);
  expect(Object.values(ErrorName).filter((name) => !answered.has(name))).toEqual([]);
});
