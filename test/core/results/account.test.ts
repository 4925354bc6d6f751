import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spentUsd } from '#core/plan/spending.ts';
import { lifeUsd, nodeSpending } from '#core/results/account.ts';
import type { DeploymentRow } from '#core/results/deployment-columns.ts';
import { withRelease } from '#core/results/deployment-row.ts';
import { BEGAN } from '#test/lambdas/fakes/clock.ts';
import { purchase } from '#test/lambdas/fakes/purchases.ts';
import { loadRecord, record } from '#test/lambdas/fakes/records.ts';

const at = (seconds: number): string => new Date(Date.parse(BEGAN) + seconds * 1000).toISOString();
const goneAfter = (seconds: number) => () => Date.parse(at(seconds));
const nobodyKnows = () => undefined;
/** Of the samples' price, with its fee. */
const nodeUsd = (seconds: number): number => (seconds / 3600) * 2.638;
const gone = (row: DeploymentRow, seconds = 700): DeploymentRow => withRelease(row, at(seconds));
const lived600 = () => record({ launchedAt: at(5), recordedAt: at(600) });

describe('what an engine’s node counts', () => {
  it('is its record where that is whole, and what was downloaded to it', () => {
    const row = gone(lived600());
    const spent = nodeSpending([purchase()], [row], goneAfter(700));
    expect(spent).toEqual({ nodesUsd: row.total_usd, sharedUsd: 0.45, reservedUsd: 0 });
    expect(row.total_usd).toBeGreaterThan(0);
  });

  it('is nothing where none came for want of capacity', () => {
    const none = { ...gone(record({ launchedAt: null })), instance_id: null, error_name: 'NoCapacity' };
    expect(spentUsd(nodeSpending([purchase()], [none], goneAfter(700)))).toBe(0);
  });

  it('is the time until its release, where that was so late that a node may have gone before', () => {
    const late = { ...gone(record({ launchedAt: null })), instance_id: null };
    expect(spentUsd(nodeSpending([purchase()], [late], goneAfter(900)))).toBeCloseTo(nodeUsd(700) + 0.45, 9);
  });

  it('is its deadline and the whole of its release, while nobody knows it gone: recorded so far or not', () => {
    const most = nodeUsd(1800 + 750) + 0.45;
    expect(nodeSpending([purchase()], [], nobodyKnows)).toEqual({
      ...{ nodesUsd: 0, sharedUsd: 0 },
      reservedUsd: expect.closeTo(most, 9),
    });
    const sofar = lived600();
    const { nodesUsd, reservedUsd } = nodeSpending([purchase()], [sofar], nobodyKnows);
    expect(nodesUsd).toBe(sofar.total_usd);
    expect(nodesUsd + reservedUsd).toBeCloseTo(most, 9);
  });

  it('is the time from its order until the proof that it is gone, where its record is missing', () => {
    expect(nodeSpending([purchase()], [], goneAfter(900)).reservedUsd).toBeCloseTo(nodeUsd(900) + 0.45, 9);
    expect(nodeSpending([purchase()], [], goneAfter(50)).reservedUsd).toBeCloseTo(nodeUsd(50), 9);
    expect(nodeSpending([purchase()], [], goneAfter(90_000)).reservedUsd).toBeCloseTo(nodeUsd(2550) + 0.45, 9);
    expect(nodeSpending([purchase({ askedAt: at(900) })], [], goneAfter(600)).reservedUsd).toBe(0);
  });

  it('has the time before the node was first seen, if it was lost without a trace of its launch', () => {
    const lost = gone(record({ launchedAt: at(95), recordedAt: at(600) }));
    expect(nodeSpending([purchase()], [lost], goneAfter(700))).toMatchObject({
      nodesUsd: lost.total_usd,
      reservedUsd: expect.closeTo(nodeUsd(95), 9),
    });
    const forgotten = gone(record({ launchedAt: null, recordedAt: at(600) }));
    const { nodesUsd, reservedUsd } = nodeSpending([purchase()], [forgotten], goneAfter(900));
    expect(nodesUsd + reservedUsd).toBeCloseTo(nodeUsd(700) + 0.45, 9);
  });

  it('is never counted for another attempt, and once for each', () => {
    const rows = [gone(lived600()), { ...gone(lived600()), attempt: 2 }];
    const both = nodeSpending([purchase(), purchase({ attempt: 2 })], rows, goneAfter(700));
    expect(both.nodesUsd).toBeCloseTo(2 * (rows[0] as DeploymentRow).total_usd, 12);
    expect(both.sharedUsd).toBeCloseTo(0.9, 12);
  });

  it('is its record alone where an earlier version announced nothing', () => {
    const row = gone(lived600());
    expect(nodeSpending([], [row], nobodyKnows)).toEqual({ nodesUsd: row.total_usd, sharedUsd: 0, reservedUsd: 0 });
  });
});

describe('what the load generators’ nodes count', () => {
  const load = (made = {}) => purchase({ deployment: 'load', nodes: 3, stagingUsd: 0.62, ...made });
  const nodes = (ids: string, launchedAt = at(5)) => ({
    ...gone(loadRecord({ launchedAt, recordedAt: at(600) })),
    instance_id: ids,
  });

  it('is their record, a download for each and the weights that were staged', () => {
    const row = nodes('i-1,i-2');
    expect(nodeSpending([load()], [row], goneAfter(700))).toEqual({
      ...{ nodesUsd: row.total_usd, reservedUsd: 0 },
      sharedUsd: expect.closeTo(2 * 0.45 + 0.62, 9),
    });
  });

  it('is nothing but a moment where none had come', () => {
    const spent = nodeSpending([load({ emptyAt: at(10) })], [], goneAfter(900));
    expect(spentUsd(spent)).toBeCloseTo(3 * nodeUsd(10), 9);
    expect(spentUsd(nodeSpending([load({ emptyAt: at(10) })], [], nobodyKnows))).toBeGreaterThan(3 * nodeUsd(2550));
  });

  it('is all that there can have been when one is missing: of a zone in which an engine was, or before the first', () => {
    const engines = ['us-east-1a', 'us-east-1b'].map((zone, index) => ({
      ...gone(lived600()),
      ...{ deployment_id: `d${index}`, zone },
    }));
    const of = (row: DeploymentRow) => nodeSpending([load()], [row], goneAfter(700));
    const spent = nodeSpending([load()], [nodes('i-1'), ...engines], goneAfter(700));
    const others = engines.reduce((sum, one) => sum + one.total_usd, 0);
    expect(spentUsd(spent) - others).toBeCloseTo(3 * (nodeUsd(700) + 0.45) + 0.62, 9);
    const late = nodes('i-1', at(400));
    expect(of(late).reservedUsd).toBeCloseTo(3 * nodeUsd(400), 9);
    expect(of(late).sharedUsd).toBeCloseTo(4 * 0.45 + 0.62, 9);
  });
});

describe('an execution’s own life', () => {
  const life = { startedAt: BEGAN, endedAt: at(3600), maxConcurrency: 2, deployments: 2, cells: 4 };

  it('is the control plane by the hour, and its transitions at the pace of its polls', () => {
    const transitions = 500 + 30 * 6 + 3600 * 1.5 * 2;
    expect(lifeUsd(life)).toBeCloseTo(0.1 + transitions * 0.000_025 + (transitions / 3) * 0.000_004_4, 9);
  });

  it('that had nothing to measure needed no cluster', () => {
    expect(lifeUsd({ ...life, deployments: 0 })).toBeLessThan(0.015);
  });

  it('never shrinks with time', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(100_000), (a, b) => {
        const [short, long] = a < b ? [a, b] : [b, a];
        expect(lifeUsd({ ...life, endedAt: at(short) })).toBeLessThanOrEqual(lifeUsd({ ...life, endedAt: at(long) }));
      }),
    );
  });
});
