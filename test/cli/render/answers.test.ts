import { describe, expect, it } from 'vitest';
import { CliError } from '#cli/errors.ts';
import { answerLines } from '#cli/render/answer.ts';
import { errorLines } from '#cli/render/error.ts';
import { disagreementLines, troubleLines } from '#cli/render/troubles.ts';
import { plain } from '#cli/terminal/paint.ts';
import { widthOf } from '#cli/terminal/printable.ts';
import type { Slo } from '#core/plan/types.ts';
import type { SqlRow } from '#core/ports/sql.ts';
import { ACTS } from './acts.ts';

describe('answers and errors', () => {
  const NO_EXPLANATIONS = new Map<string, string>();
  const hostile = '\u001b]0;owned\u0007model\u202e';
  const row: SqlRow = {
    place: 1,
    model: hostile,
    isl_tokens: 64,
    osl_tokens: 24,
    endpoint: 'chat',
    streaming: false,
    dataset: hostile,
    instance_type: hostile,
    tensor_parallel: 1,
    concurrency: null,
    request_rate_per_s: 2.5,
    output_tokens_per_s: 1234.5,
    request_latency_p95_ms: null,
    ttft_p95_ms: null,
    usd_per_million_output_tokens: 0.00123,
    output_tokens_per_s_per_usd_per_hour: null,
    simulated: false,
  };

  const answer = (peaks: SqlRow[], within: SqlRow[] = [], slo: Slo = {}) => ({ peaks, within, slo });

  it('escape what was written to harm', () => {
    const lines = [
      ...answerLines(answer([row]), { width: 100, paint: plain }),
      ...disagreementLines([{ instance_type: hostile, concurrency: 4, disagree: true }], { width: 100, paint: plain }),
      ...troubleLines([{ ...row, valid: false, status: 'failed', reason: hostile }], NO_EXPLANATIONS, {
        width: 100,
        paint: plain,
      }),
      ...troubleLines([{ ...row, cell_id: 'c', valid: false, status: 'measured' }], new Map([['c', hostile]]), {
        width: 100,
        paint: plain,
      }),
      ...errorLines(
        new CliError('matrix-invalid', hostile, {
          where: hostile,
          nextStep: hostile,
          excerpt: [hostile],
          problems: [{ path: hostile, value: hostile, message: hostile, instead: hostile, code: 'bad-format' }],
        }),
        { width: 100, paint: plain },
      ),
    ];
    for (const line of lines) expect(line).not.toMatch(ACTS);
  });

  it('explain the cells that are not valid, the same sentence once, and what to do', () => {
    const look = { width: 60, paint: plain };
    const cell = (cell_id: string, concurrency: number, status = 'measured') => ({
      ...row,
      ...{ cell_id, concurrency, status, instance_type: 'g5.8xlarge', valid: false, reason: 'client-bound' },
    });
    const explanations = new Map([
      ['a', 'Requests waited: give it more CPU.'],
      ['b', 'Requests waited: give it more CPU.'],
      ['c', 'Only 3 of 4 requests came to an end.'],
    ]);
    const lines = troubleLines([cell('a', 2), cell('b', 4), cell('c', 8), cell('d', 9, 'failed')], explanations, look);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(60);
    const text = lines.join(' ');
    expect(text).toContain('g5.8xlarge concurrency=2 and 1 more cell: Requests waited: give it more CPU.');
    expect(text.match(/Requests waited/g)).toHaveLength(1);
    expect(text).toContain('g5.8xlarge concurrency=8: Only 3 of 4 requests came to an end.');
    expect(text).toContain('measure these cells in a new run');
    expect(troubleLines([cell('d', 9, 'failed')], NO_EXPLANATIONS, look).join(' ')).not.toContain('new run');
  });

  it('name the loads whose repeats disagree, and only those', () => {
    const look = { width: 200, paint: plain };
    const load = (concurrency: number, disagree: boolean) => ({ instance_type: 'g5.8xlarge', concurrency, disagree });
    expect(disagreementLines([load(4, true), load(8, false)], look)).toEqual([
      'The repeats of 1 load disagree (g5.8xlarge concurrency=4): stepbench query repeats',
    ]);
    expect(disagreementLines([load(8, false)], look)).toEqual([]);
  });

  describe('where the matrix has latency targets', () => {
    const look = { width: 120, paint: plain };
    const on = (instance_type: string, concurrency: number, usd: number, latency: number): SqlRow => ({
      ...row,
      ...{ model: 'm', dataset: 'synthetic', deployment_id: instance_type, instance_type, concurrency },
      ...{ usd_per_million_output_tokens: usd, request_latency_p95_ms: latency, usd_per_hour: 2 },
    });
    const peaks = [on('g5.xlarge', 32, 1.58, 1380), on('g6e.xlarge', 32, 1.78, 840)];

    it('rank what is within them, and say what would be cheaper without', () => {
      const text = answerLines(answer(peaks, [on('g6e.xlarge', 32, 1.78, 840)], { requestLatencyP95Ms: 900 }), look);
      expect(text.join('\n')).toMatch(
        /^Cheapest within the latency targets \(p95 latency 900 ms\), m, .*:\n.*\n1 +g6e\.xlarge .* 617 /,
      );
      expect(text.at(-1)).toBe(
        'If latency did not matter: g5.xlarge at a load of 32, $1.58 per million tokens, p95 latency 1.38 s.',
      );
      const same = answerLines(answer(peaks, [peaks[0]!], { ttftP95Ms: 900 }), look);
      expect(same.join('\n')).not.toContain('If latency did not matter');
    });

    it('do not name a best one where none was shown to be within them', () => {
      const text = answerLines(answer(peaks, [], { requestLatencyP95Ms: 50, itlP95Ms: 5 }), look).join(' ');
      expect(text).toMatch(
        /^No deployment was shown to be within the latency targets \(p95 latency 50 ms, p95 ITL 5 ms\)\. Whatever/,
      );
    });

    it('keep apart what was measured and what was simulated', () => {
      const mixed = [peaks[0]!, { ...on('g5.12xlarge', 32, 1, 90), simulated: true }];
      expect(answerLines(answer(mixed), look).filter((line) => line.startsWith('Most output'))).toHaveLength(2);
    });
  });

  it('part the workloads, and say what was not measured', () => {
    const text = answerLines(answer([row, { ...row, osl_tokens: 48 }]), { width: 120, paint: plain }).join('\n');
    expect(text.match(/Most output tokens for a dollar/g)).toHaveLength(2);
    expect(text).toMatch(/2\.50\/s\s+1,235\s+\$0\.0012\s+-/);
    expect(text).not.toContain('SIMULATED');
    const guessed = answerLines(answer([{ ...row, simulated: true, extrapolated: true }]), {
      width: 160,
      paint: plain,
    });
    expect(guessed.join(' ')).toMatch(/EXTRAPOLATED.*SIMULATED: no GPU.*EXTRAPOLATED, with no.*: \S/);
    expect(answerLines(answer([]), { width: 60, paint: plain })).toEqual(['No cell gave figures that may be ranked.']);
  });
});
