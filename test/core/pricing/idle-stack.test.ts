import { describe, expect, it } from 'vitest';
import { idleStack, keptAfterDestroy, lineUsd, totalUsd } from '#core/pricing/idle-stack.ts';
import { keptClusterLine } from '#core/pricing/standing.ts';
import { janitor } from '#lambdas/janitor/task.ts';
import { World } from '../../lambdas/fakes/world.ts';

const HOURS = 730;
const usdOf = (what: string, lines = idleStack()) =>
  lines.filter((line) => line.what.includes(what)).reduce((sum, line) => sum + lineUsd(line), 0);

describe('what a stack costs that nobody uses', () => {
  it('is a NAT gateway by the hour before all else, and in all what the parts are', () => {
    expect(usdOf('NAT')).toBeCloseTo(HOURS * 0.045, 6);
    expect(usdOf('alarms')).toBeCloseTo(0.8, 6);
    const parts = [HOURS * 0.045, 3.6, 3, 2, 1.2, 0.8, usdOf('janitor,')];
    expect(totalUsd(idleStack())).toBeCloseTo(
      parts.reduce((sum, part) => sum + part),
      6,
    );
    expect(usdOf('janitor,')).toBeLessThan(0.3);
  });

  it('is more with a gateway in each zone, and with interface endpoints by their hours and zones', () => {
    const plain = totalUsd(idleStack());
    expect(totalUsd(idleStack({ natGateways: 3 })) - plain).toBeCloseTo(2 * (HOURS * 0.045 + 3.6), 6);
    expect(totalUsd(idleStack({ natGateways: 3, zones: 2 })) - plain).toBeCloseTo(HOURS * 0.045 + 3.6, 6);
    expect(totalUsd(idleStack({ interfaceEndpoints: 2 })) - plain).toBeCloseTo(2 * 3 * HOURS * 0.01, 6);
    expect(totalUsd(idleStack({ interfaceEndpoints: 2, zones: 2 })) - plain).toBeCloseTo(2 * 2 * HOURS * 0.01, 6);
  });

  it('has of the janitor what a sweep asks of the bucket: one listing, once it has looked at everything that day', async () => {
    const world = new World();
    await janitor(world)({});
    const asked: string[] = [];
    const { store } = world;
    world.store = new Proxy(store, {
      get: (target, method: keyof typeof store) => {
        if (typeof target[method] !== 'function' || method === 'locate') return target[method];
        asked.push(method);
        return (target[method] as CallableFunction).bind(target);
      },
    });
    await janitor(world)({});
    expect(asked).toEqual(['list']);
  });

  it('has of the janitor the metrics that a sweep writes, and the two of every function: how long it took, whether it failed', async () => {
    const { metrics } = await janitor(new World())({});
    const line = idleStack().find(({ rate }) => rate === 'metric');
    expect(line?.count).toBe(Object.keys(metrics).length + 2);
  });
});

it('what stays of a stack that was destroyed is the key, for a dollar', () =>
  expect(totalUsd(keptAfterDestroy)).toBe(1));

it('a cluster that is kept is told with its price, where that was read and when, and how to end it', () => {
  const line = keptClusterLine('bench', 'mine');
  for (const part of [
    'The cluster bench is kept',
    '$0.10 an hour, $73.00 a month (AWS price list, AmazonEKS, 2026-07)',
    'stepbench destroy --stack mine',
    '"ephemeral": true',
  ])
    expect(line).toContain(part);
});
