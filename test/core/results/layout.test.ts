import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  artifactsPrefix,
  dayOf,
  type Key,
  keyOf,
  LEASES,
  parseKey,
  recordsPrefix,
  rowsPrefix,
  runPrefix,
  tablePrefix,
} from '#core/results/layout.ts';

const run = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/);
const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/);
const attempt = fc.integer({ min: 1, max: 999_999 });
const day = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((date) => dayOf(date.toISOString()));
const file = fc
  .array(fc.stringMatching(/^[\w][\w .=-]{0,20}$/), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join('/'));

const key: fc.Arbitrary<Key> = fc.oneof(
  fc.record({
    kind: fc.constantFrom(
      ...(['plan', 'lease', 'deployment-items', 'report', 'summary', 'cells-csv', 'cells-json'] as const),
    ),
    run,
  }),
  fc.record({ kind: fc.constantFrom('deployment-plan' as const, 'finalized' as const), run, deployment: id }),
  fc.record({ kind: fc.constant('artifact' as const), run, deployment: id, cell: id, attempt, file }),
  fc.record({ kind: fc.constant('row' as const), run, cell: id }),
  fc.record({
    kind: fc.constantFrom('deployment-record' as const, 'purchase' as const),
    run,
    deployment: id,
    attempt,
  }),
  fc.record({
    kind: fc.constantFrom('counted' as const, 'told' as const, 'open-lease' as const, 'load-nodes' as const),
    run,
    attempt,
  }),
  fc.record({
    kind: fc.constant('lease-cluster' as const),
    cluster: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/),
  }),
  fc.record({ kind: fc.constant('lease-scan' as const), day }),
  fc.record({ kind: fc.constant('answer' as const), run, question: id }),
  fc.record({
    kind: fc.constant('results' as const),
    table: fc.constantFrom('cells' as const, 'deployments' as const),
    day,
    run,
    deployment: id,
  }),
);

describe('the keys of the store', () => {
  it('read back as what they were built from', () => {
    fc.assert(
      fc.property(key, (built) => {
        expect(parseKey(keyOf(built))).toEqual(built);
      }),
      { numRuns: 500 },
    );
  });

  it('differ where what they are of differs', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        if (keyOf(a) === keyOf(b)) expect(a).toEqual(b);
      }),
      { numRuns: 300 },
    );
  });

  it('are where the documentation has them', () => {
    const of = { run: 'r', deployment: 'd', cell: 'c', attempt: 2 };
    expect(keyOf({ kind: 'plan', run: 'r' })).toBe('runs/r/plan.json');
    expect(keyOf({ kind: 'lease', run: 'r' })).toBe('runs/r/lease.json');
    expect(keyOf({ kind: 'deployment-items', run: 'r' })).toBe('runs/r/deployments.json');
    expect(keyOf({ kind: 'report', run: 'r' })).toBe('runs/r/report.html');
    expect(keyOf({ kind: 'summary', run: 'r' })).toBe('runs/r/summary.json');
    expect(keyOf({ kind: 'cells-csv', run: 'r' })).toBe('runs/r/cells.csv');
    expect(keyOf({ kind: 'cells-json', run: 'r' })).toBe('runs/r/cells.json');
    expect(keyOf({ kind: 'index' })).toBe('runs/index.html');
    expect(parseKey('runs/index.html')).toEqual({ kind: 'index' });
    expect(keyOf({ kind: 'row', run: 'r', cell: 'c' })).toBe('runs/r/rows/c.json');
    expect(keyOf({ kind: 'answer', run: 'r', question: 'run-cost' })).toBe('runs/r/answers/run-cost.json');
    expect(keyOf({ kind: 'artifact', ...of, file: 'a/b.json' })).toBe('runs/r/artifacts/d/c/2/a/b.json');
    expect(keyOf({ kind: 'open-lease', run: 'r', attempt: 2 })).toBe('leases/open/r.2.json');
    expect(keyOf({ kind: 'lease-cluster', cluster: 'Bench_1' })).toBe('leases/clusters/Bench_1.json');
    expect(keyOf({ kind: 'lease-scan', day: '2026-01-31' })).toBe('leases/scanned/2026-01-31.json');
    expect(keyOf({ kind: 'counted', run: 'r', attempt: 2 })).toBe('runs/r/counted/2.json');
    expect(keyOf({ kind: 'told', run: 'r', attempt: 2 })).toBe('runs/r/told/2.json');
    expect(keyOf({ kind: 'purchase', run: 'r', deployment: 'd', attempt: 2 })).toBe('runs/r/purchases/d/2.json');
    expect(keyOf({ kind: 'deployment-record', run: 'r', deployment: 'd', attempt: 2 })).toBe(
      'runs/r/deployments/d/2.json',
    );
    expect(keyOf({ kind: 'results', table: 'cells', day: '2026-01-31', run: 'r', deployment: 'd' })).toBe(
      'results/cells/dt=2026-01-31/r.d.parquet',
    );
  });

  it('begin with the prefixes that are listed', () => {
    fc.assert(
      fc.property(key, (built) => {
        const text = keyOf(built);
        if (built.kind === 'results') {
          expect(text.startsWith(tablePrefix(built.table))).toBe(true);
          return;
        }
        if (built.kind === 'index') return;
        // One listing has all of them, and nothing else.
        const isLease = built.kind === 'open-lease' || built.kind === 'lease-cluster' || built.kind === 'lease-scan';
        expect(text.startsWith(LEASES)).toBe(isLease);
        if (isLease) return;
        expect(text.startsWith(runPrefix(built.run))).toBe(true);
        expect(text.startsWith(rowsPrefix(built.run))).toBe(built.kind === 'row');
        expect(text.startsWith(recordsPrefix(built.run))).toBe(
          ['deployment-record', 'load-nodes'].includes(built.kind),
        );
        if (built.kind === 'artifact') expect(text.startsWith(artifactsPrefix(built))).toBe(true);
      }),
    );
  });

  it.each(['', '../x', 'Run', 'a.b', 'a/b', 'a'.repeat(33), '-a', 'a-'])(
    'cannot be built for a run named %j',
    (name) => {
      expect(() => keyOf({ kind: 'plan', run: name })).toThrow(expect.objectContaining({ name: 'InvalidMatrix' }));
      expect(() => keyOf({ kind: 'results', table: 'cells', day: '2026-01-31', run: name, deployment: 'd' })).toThrow();
    },
  );

  it.each(['..', '../../x', 'a//b', '/a', ''])('cannot be built for an artifact named %j', (name) => {
    expect(() => keyOf({ kind: 'artifact', run: 'r', deployment: 'd', cell: 'c', attempt: 1, file: name })).toThrow();
  });

  it('leave alone what is not ours', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseKey(text)).toBeUndefined();
      }),
    );
    for (const text of [
      'runs',
      'runs/r',
      'runs/r/',
      'runs/r/rows/',
      'runs/r/rows/a.txt',
      'runs/r/toString',
      'runs/r/rows/a/b.json',
      'results/cells/dt=1/r.d.parquet',
      'results/other/dt=2026-01-31/r.d.parquet',
      'results/cells/dt=2026-01-31/r.d.e.parquet',
      'runs/r/deployments/d/0.json',
    ]) {
      expect(parseKey(text)).toBeUndefined();
    }
  });
});
