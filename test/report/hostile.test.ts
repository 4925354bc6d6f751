import { describe, expect, it } from 'vitest';
import { useReports } from './open-report.ts';
import { unclosed } from './read-page.ts';

const { reportOf } = useReports();

describe('hostile text', () => {
  const HOSTILE = [
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    ']]><svg onload=alert(1)>',
    '</style></pre></svg><img src=x onerror=alert(1)>',
    'javascript:alert(1)',
    '\u202egnp.exe\u0000\ud800',
    '${1+1}{{7*7}}',
  ];

  it.each([HOSTILE.join(' '), HOSTILE.toReversed().join('')])('stays text wherever it comes from: %j', async (text) => {
    const page = await reportOf({ model: text, run: 'run', name: text, types: 2 }, (input) => ({
      ...input,
      plan: { ...input.plan, matrix: { name: text } },
      rows: input.rows.map((row) => ({
        ...row,
        instance_type: text,
        engine_arguments: JSON.stringify([text]),
        zone: text,
        invalid_explanation: row.valid ? null : text,
        price_source: text,
        error_reason: text,
      })),
      nodes: input.nodes.map((node) => ({ ...node, instance_type: text, instance_id: text })),
    }));
    expect(unclosed(page)).toEqual([]);
    expect(/<(script|img|iframe|object|embed|link)\b.{0,40}/i.exec(page)?.[0]).toBeUndefined();
    expect(/<[a-z][^>"]*(?:"[^"]*"[^>"]*)*\son\w+=.{0,40}/i.exec(page)?.[0]).toBeUndefined();
    for (const [, href = ''] of page.matchAll(/href="([^"]*)"/g)) {
      expect(href).toMatch(
        /^(#|rows\/|deployments\/|artifacts\/|\.\.\/index\.html$|data:(text\/csv|application\/json);)/,
      );
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(/.{0,60}[\u0000\u202e].{0,20}/.exec(page)?.[0]).toBeUndefined();
    expect(page.isWellFormed()).toBe(true);
  });
});
