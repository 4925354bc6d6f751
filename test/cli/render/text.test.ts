import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planOf } from '#cli/planning.ts';
import { cellLabels, deploymentLabels } from '#cli/render/labels.ts';
import { table } from '#cli/render/table.ts';
import { plain } from '#cli/terminal/paint.ts';
import { oneLine, padded, printable, truncated, widthOf, wrapped } from '#cli/terminal/printable.ts';
import { MATRIX, NOW_MS } from '../fake-cli.ts';
import { ACTS } from './acts.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\u001b]0;title\u0007', '\u202egnp.exe', 'a\r\nb', '日本語テキスト', '👩‍👩‍👧', '\u009b2J', 'a\tb'),
);
const widths = fc.constantFrom(60, 80, 120);

describe('text of others', () => {
  it('reaches the terminal without anything that it would act on', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(printable(text)).not.toMatch(ACTS);
        expect(oneLine(text)).not.toMatch(ACTS);
      }),
    );
    expect(printable('\u001b[31mred')).toBe('\\x1b[31mred');
    expect(printable('a\u202eb')).toBe('a\\u{202e}b');
    expect(oneLine(' two\n  lines ')).toBe('two lines');
  });

  it('never takes more columns than there are', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 40 }), (raw, width) => {
        const text = printable(raw);
        expect(widthOf(truncated(text, width))).toBeLessThanOrEqual(width);
        expect(widthOf(padded(truncated(text, width), width))).toBe(width);
        for (const line of wrapped(text, Math.max(2, width)))
          expect(widthOf(line)).toBeLessThanOrEqual(Math.max(2, width));
      }),
    );
  });
});

describe('a table', () => {
  const columns = [
    { title: 'name' },
    { title: 'value', align: 'right' as const },
    { title: 'more', spare: 1 },
    { title: 'most', spare: 2 },
  ];

  it('fits the terminal, whatever stands in it', () => {
    const row = fc.tuple(anyText, fc.stringMatching(/^\d{1,9}$/), anyText, anyText);
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), widths, (rows, width) => {
        for (const line of table(columns, rows, { width, paint: plain })) {
          expect(widthOf(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(ACTS);
        }
      }),
    );
  });

  it('leaves out what can be spared first, and never cuts a number', () => {
    const rows = [['a'.repeat(50), '123456789', 'b'.repeat(20), 'c'.repeat(20)]];
    const text = table(columns, rows, { width: 60, paint: plain }).join('\n');
    expect(text).not.toContain('b');
    expect(text).not.toContain('most');
    expect(text).toContain('123456789');
    expect(text).toContain('…');
    expect(table(columns, rows, { width: 120, paint: plain })[1]).toContain('ccc');
  });
});

describe('labels', () => {
  const plan = (matrix: object) => planOf({ ...MATRIX, ...matrix }, 'test', { run: 'r', nowMs: NOW_MS });

  it('tell apart what the plan tells apart, and say no more', () => {
    const { deployments } = plan({
      matrix: {
        instanceType: ['g5.8xlarge'],
        engineArguments: [[], ['--enforce-eager']],
        concurrency: [2, 4],
        osl: [24, 48],
      },
      defaults: { model: 'openai/gpt-oss-20b', isl: 64 },
    });
    const names = [...deploymentLabels(deployments).values()].sort();
    expect(names).toEqual(['g5.8xlarge TP=1 --enforce-eager', 'g5.8xlarge TP=1 no arguments']);
    const cells = [...cellLabels(deployments[0]!.cells).values()].sort();
    expect(cells).toEqual([
      'concurrency=2 osl=24',
      'concurrency=2 osl=48',
      'concurrency=4 osl=24',
      'concurrency=4 osl=48',
    ]);
  });

  it('count repeats where there are some', () => {
    const { deployments } = plan({ repeats: 2 });
    expect([...cellLabels(deployments[0]!.cells).values()]).toContain('concurrency=2 repeat=2');
  });
});
