import { describe, expect, it } from 'vitest';
import { standingJson, standingLines } from '#cli/render/standing.ts';
import { plain } from '#cli/terminal/paint.ts';

const told = (props: Parameters<typeof standingLines>[0]) => standingLines(props, { width: 10_000, paint: plain });
const dollars = (text: string) => [...text.matchAll(/\$([\d.]+)/g)].map(([, amount]) => Number(amount));

describe('what a stack costs by standing there', () => {
  const [idle = '', , , prices = ''] = told({ retain: true });

  it('is the sum of its parts, of which those that are worth it are named', () => {
    const [total, ...parts] = dollars(idle);
    expect(parts.reduce((sum, part) => sum + part)).toBeCloseTo(total!, 1);
    expect(idle).toMatch(/\(NAT gateway \$[^)]*, alarms \$0\.80, rest \$0\.\d\d\)/);
    expect(idle).not.toContain('janitor, ');
  });

  it('has each source of its prices once', () => {
    const sources = prices.replace(/^Prices of us-east-1: /, '').split('; ');
    expect(sources.length).toBeGreaterThan(4);
    expect(new Set(sources).size).toBe(sources.length);
  });

  it('goes on after destroy for as long as the key is kept, and no longer', () => {
    const after = (retain: boolean) => standingJson({ retain }).kept_after_destroy_usd_per_month;
    expect([after(true), after(false)]).toEqual([1, 0]);
  });
});
