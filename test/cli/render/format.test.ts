import { describe, expect, it } from 'vitest';
import { clock, counted, duration, figure, usd } from '#cli/render/format.ts';

describe('figures for people', () => {
  it.each([
    [0, '0 s'],
    [0.44, '0.4 s'],
    [9.96, '10 s'],
    [59.6, '1 min 00 s'],
    [185, '3 min 05 s'],
    [3599.7, '1 h 00 min'],
    [7450, '2 h 04 min'],
  ])('%d seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text));

  it.each([
    [0, '$0.00'],
    [0.001234, '$0.0012'],
    [0.0999, '$0.10'],
    [0.5, '$0.50'],
    [0.996, '$1.00'],
    [1234.5, '$1,234.50'],
  ])('%d dollars are %s', (dollars, text) => expect(usd(dollars)).toBe(text));

  it.each([
    [null, '-'],
    [0.12345, '0.1235'],
    [1.005, '1.01'],
    [12.34, '12.3'],
    [1234.5, '1,235'],
    [200, '200'],
  ])('%d is %s', (value, text) => expect(figure(value)).toBe(text));

  it('run a clock', () => {
    expect([0, 65, 3725].map(clock)).toEqual(['0:00', '1:05', '1:02:05']);
    expect([counted(1, 'cell'), counted(1000, 'cell')]).toEqual(['1 cell', '1,000 cells']);
  });
});
