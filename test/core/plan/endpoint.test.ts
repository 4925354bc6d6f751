import { describe, expect, it } from 'vitest';
import { makePlan, quotesNeeded } from '#core/plan/plan.ts';
import { quote } from '#core/pricing/quote.ts';
import { mustRead } from '../matrix/fixtures.ts';

const STARTED = '2026-11-24T12:00:00Z';

const matrix = (endpoints: Record<string, object>, more: object = {}) =>
  mustRead({
    name: 'mine',
    matrix: { instanceType: Object.keys(endpoints), concurrency: [1, 8] },
    defaults: { model: 'tiny', isl: 16, osl: 8 },
    endpoints,
    budgetUsd: 10,
    ...more,
  });

/** One node of the load generators, and nothing else. */
const vcpuQuota = (instanceType: string) => (instanceType === 'c7i.4xlarge' ? 16 : 0);

function planOf(input: ReturnType<typeof matrix>) {
  const quotes = quotesNeeded(input).map((needed) => quote({ ...needed, region: 'us-east-1' }));
  const result = makePlan(input, { run: 'r', startedAt: STARTED, quotes, generator: 'genai-perf', vcpuQuota });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.plan;
}

describe('a plan over servers that run already', () => {
  it('asks for no price and no quota but those of the load generators', () =>
    expect(quotesNeeded(matrix({ endpoint: { url: 'http://a' } }))).toHaveLength(1));

  it('buys nothing for them, and says so; the given price is for the figures', () => {
    const { estimate, deployments } = planOf(matrix({ endpoint: { url: 'http://a', priceUsdPerHour: 300 } }));
    expect(estimate.gpuUsd).toBe(0);
    expect(estimate.worstCaseUsd).toBeLessThan(10);
    expect(estimate.phases.launch.seconds + estimate.phases.load.seconds).toBe(0);
    expect(deployments[0]?.prices).toMatchObject([
      { priceUsdPerHour: 300, feeUsdPerHour: 0, source: 'given by the user', effectiveAt: '2026-11-24' },
    ]);
    expect(planOf(matrix({ endpoint: { url: 'http://a' } })).deployments[0]?.prices).toEqual([]);
  });

  it('is refused where not even one node for load may run, by the region where that is', () => {
    const input = matrix({ endpoint: { url: 'http://a' } }, { region: 'eu-west-1' });
    const quotes = quotesNeeded(input).map((needed) => quote({ ...needed, region: 'us-east-1' }));
    const options = { run: 'r', startedAt: STARTED, quotes, generator: 'genai-perf' as const, vcpuQuota: () => 15 };
    expect(makePlan(input, options)).toMatchObject({
      ok: false,
      problems: [{ code: 'over-quota', path: 'region', value: 'eu-west-1' }],
    });
    expect(makePlan(input, { ...options, vcpuQuota: () => 16 }).ok).toBe(true);
  });

  it('polls at a pace that is a number, with AIPerf unless the matrix says otherwise', () => {
    const [deployment] = planOf(matrix({ endpoint: { url: 'http://a' } })).deployments;
    for (const seconds of Object.values(deployment?.poll ?? {})) expect(seconds).toBeGreaterThan(0);
    expect(deployment?.poll.cellPollSeconds).toBeLessThanOrEqual(5);
    expect(deployment?.generator).toBe('aiperf');
    const asked = planOf(matrix({ endpoint: { url: 'http://a' } }, { load: { generator: 'genai-perf' } }));
    expect(asked.deployments[0]?.generator).toBe('genai-perf');
  });

  it('measures those that share a server one after the other, others at once', () => {
    const two = (a: string, b: string) => planOf(matrix({ 'endpoint-a': { url: a }, 'endpoint-b': { url: b } }));
    expect(two('http://a/x', 'http://a/y').maxConcurrency).toBe(1);
    expect(two('http://a', 'http://b').maxConcurrency).toBe(2);
  });
});
