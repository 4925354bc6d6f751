import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { resourcesOf, synthesize } from './support/synthesize.ts';

it('every alarm has its section in the runbook, and every section its alarm', () => {
  const alarms = resourcesOf(synthesize(), 'AWS::CloudWatch::Alarm').map(({ id }) =>
    id.replace(/^StepBenchGuards/, '').replace(/[0-9A-F]{8}$/, ''),
  );
  const [, ofAlarms = ''] = /^## Alarms$([\s\S]*?)^## /m.exec(readFileSync('docs/runbook.md', 'utf8')) ?? [];
  const sections = [...ofAlarms.matchAll(/^### (.+)$/gm)].map(([, name]) => name);
  expect(alarms.length).toBeGreaterThan(0);
  expect(sections.toSorted()).toEqual(alarms.toSorted());
});
