import { describe, expect, it } from 'vitest';
import { threeLines } from '#core/results/three-lines.ts';

const point = {
  place: 1,
  instance_type: 'g5.8xlarge',
  tensor_parallel: 1,
  concurrency: 20,
  request_rate_per_s: null,
  usd_per_million_output_tokens: 0.51234,
  output_tokens_per_s: 1429.6,
  request_latency_p95_ms: 4321.4,
  usd_per_hour: 2.74176,
  price_source: 'AWS Price List',
  price_effective_at: '2026-07-01',
  simulated: false,
};
const total = { role: 'total', total_usd: 1.23456, measure_usd: 0.5, simulated: false };
const answers = (changes: object = {}) => [
  {
    name: 'price-performance',
    rows: [
      { ...point, place: 2, instance_type: 'other' },
      { ...point, ...changes },
    ],
  },
  { name: 'low-latency', rows: [{ ...point, ...changes }] },
  {
    name: 'run-cost',
    rows: [
      { ...total, role: 'engine', total_usd: 1 },
      { ...total, ...changes },
    ],
  },
];

describe('the answer in three lines', () => {
  it('names the first place, and with every dollar of a rank its price', () => {
    expect(threeLines(answers())).toEqual([
      'Cheapest: g5.8xlarge TP=1 at concurrency 20: $0.512 per million output tokens, 1,430 tokens/s ($2.7418/h, AWS Price List, 2026-07-01).',
      'Within the latency target: g5.8xlarge TP=1 at concurrency 20: $0.512 per million output tokens, 1,430 tokens/s, p95 4,321 ms ($2.7418/h, AWS Price List, 2026-07-01).',
      'Nodes: $1.2346, of it measuring $0.5000.',
    ]);
  });

  it('marks each line that no GPU stood behind', () => {
    for (const line of threeLines(answers({ simulated: true }))) expect(line).toContain('[SIMULATED]');
    for (const line of threeLines(answers())) expect(line).not.toContain('SIMULATED');
    const extrapolated = threeLines(answers({ simulated: true, extrapolated: true }));
    for (const line of extrapolated) expect(line).toContain('[SIMULATED, EXTRAPOLATED]');
  });

  it('names an open load by its rate', () => {
    expect(threeLines(answers({ concurrency: null, request_rate_per_s: 2.5 }))[0]).toContain('at 2.50 requests/s:');
  });

  it('says so when there is nothing to rank, and keeps silent about a cost that nobody asked for', () => {
    const nothing = ['Cheapest: no valid measurement to rank.', 'Within the latency target: none.'];
    expect(threeLines([])).toEqual(nothing);
    expect(
      threeLines([
        { name: 'price-performance', rows: [] },
        { name: 'run-cost', rows: [] },
      ]),
    ).toEqual(nothing);
  });

  it('takes a place that a database gives as text or as a large number, and shows what is no number as unknown', () => {
    const rows = [{ ...point, place: '1', usd_per_million_output_tokens: null }];
    expect(threeLines([{ name: 'price-performance', rows }])[0]).toContain('$? per million');
  });
});
