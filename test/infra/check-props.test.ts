import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemsOf } from '#infra/check-props.ts';
import type { StepBenchProps } from '#infra/props.ts';
import { SMALL } from '#test/local/runtime/virtual-run.ts';

const matrix = SMALL;
const schedule = (changes: Record<string, unknown>) => ({
  name: 'nightly',
  expression: 'rate(1 day)',
  matrix,
  ...changes,
});

/** One thing that is wrong, and how what is told of it begins. Any of them may come together. */
const MISTAKES: [path: string, props: Record<string, unknown>][] = [
  ['clusterName', { clusterName: '-bad' }],
  ['clusterName', { clusterName: 'x'.repeat(101) }],
  ['clusterName', { clusterName: '' }],
  ['logRetentionDays', { logRetentionDays: 31 }],
  ['emails', { emails: ['nobody'] }],
  ['emails', { emails: ['a@example.com', 'a@example.com'] }],
  ['monthlyBudgetUsd', { monthlyBudgetUsd: 0 }],
  ['monthlyBudgetUsd', { monthlyBudgetUsd: Number.NaN }],
  ['results.artifactTieringDays', { results: { artifactTieringDays: 0 } }],
  ['results.oldVersionDays', { results: { oldVersionDays: 1.5 } }],
  ['results.scannedMegabytesLimit', { results: { scannedMegabytesLimit: 9 } }],
  ['cluster.publicAccessCidrs', { cluster: { publicAccessCidrs: ['0.0.0.0/0'] } }],
  ['cluster.publicAccessCidrs', { cluster: { publicAccessCidrs: ['300.1.1.1/8'] } }],
  ['cluster.huggingFaceSecret', { cluster: { huggingFaceSecret: 'hf_abcdefghijklmnop' } }],
  ['network.cidr', { network: { cidr: '8.8.0.0/16' } }],
  ['network.cidr', { network: { cidr: '10.0.0.0/24' } }],
  ['network.cidr', { network: { cidr: '172.32.0.0/16' } }],
  ['network.cidr', { network: { cidr: '10.0.0.0' } }],
  ['network.natGateways', { network: { natGateways: 2 } }],
  ['network.availabilityZones', { network: { availabilityZones: ['a', 'b', 'b'] } }],
  ['network.interfaceEndpoints', { network: { interfaceEndpoints: ['STS!'] } }],
  ['network.interfaceEndpoints', { network: { interfaceEndpoints: ['sts', 'sts'] } }],
  ['network.subnets', { network: { subnets: {} } }],
  ['schedules "Night"', { schedules: [schedule({ name: 'Night' })] }],
  ['schedules "nightly".expression', { schedules: [schedule({ expression: 'every day' })] }],
  ['schedules "nightly".timeZone', { schedules: [schedule({ timeZone: 'Mars/Olympus' })] }],
  ['schedules "nightly".retryAttempts', { schedules: [schedule({ retryAttempts: 186 })] }],
  ['schedules "nightly".retryForMinutes', { schedules: [schedule({ retryForMinutes: 0 })] }],
  ['schedules "nightly".matrix', { schedules: [schedule({ matrix: { ...matrix, budgetUsd: -1 } })] }],
  [
    'schedules "nightly".matrix description',
    { schedules: [schedule({ matrix: { ...matrix, description: 'of <aws.scheduler.scheduled-time>' } })] },
  ],
  ['schedules "nightly"', { schedules: [schedule({}), schedule({})] }],
];

/** Objects are merged, and everything else put side by side or in place. */
function merged(parts: readonly Record<string, unknown>[]): Record<string, unknown> {
  const all: Record<string, unknown> = {};
  for (const part of parts) {
    for (const [key, value] of Object.entries(part)) {
      const before = all[key];
      if (Array.isArray(value)) all[key] = [...((before as unknown[]) ?? []), ...value];
      else if (typeof value === 'object' && value !== null)
        all[key] = merged([(before as Record<string, unknown>) ?? {}, value as Record<string, unknown>]);
      else all[key] = value;
    }
  }
  return all;
}

/** Where in the props a mistake is: two of the same place would be one. */
const slot = (props: Record<string, unknown>): string => {
  const [key = '', value] = Object.entries(props)[0] as [string, unknown];
  return typeof value === 'object' && !Array.isArray(value) && value !== null ? `${key}.${Object.keys(value)[0]}` : key;
};

describe('props that are wrong', () => {
  it.each(MISTAKES)('%s is told by its path, with what was given and what to write', (path, props) => {
    const problems = problemsOf(props as StepBenchProps);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.startsWith(path)).toBe(true);
    expect(problems[0]?.length).toBeGreaterThan(path.length + 10);
  });

  it('are told all at once, each by its path, and nothing else is', () => {
    const some = fc.uniqueArray(fc.constantFrom(...MISTAKES), { minLength: 2, selector: ([, props]) => slot(props) });
    fc.assert(
      fc.property(some, (mistakes) => {
        const problems = problemsOf(merged(mistakes.map(([, props]) => props)) as StepBenchProps);
        expect(problems).toHaveLength(mistakes.length);
        for (const [path] of mistakes) expect(problems.some((text) => text.startsWith(path))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('never come with the text of a secret that was given in the place of its name', () => {
    const [problem] = problemsOf({ cluster: { huggingFaceSecret: 'hf_abcdefghijklmnop' } });
    expect(problem).not.toContain('abcdefghijklmnop');
  });
});
