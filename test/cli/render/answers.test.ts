import { describe, expect, it } from 'vitest';
import { CliError } from '#cli/errors.ts';
import { answerLines } from '#cli/render/answer.ts';
import { errorLines } from '#cli/render/error.ts';
import { disagreementLines, troubleLines } from '#cli/render/troubles.ts';
import { plain } from '#cli/terminal/paint.ts';
import { widthOf } from '#cli/terminal/printable.ts';
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

  it('escape what was written to harm', () => {
    const lines = [
      ...answerLines([row], { width: 100, paint: plain }),
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

  it('part the workloads, and say what was not measured', () => {
    const text = answerLines([row, { ...row, osl_tokens: 48 }], { width: 120, paint: plain }).join('\n');
    expect(text.match(/Most output tokens for a dollar/g)).toHaveLength(2);
    expect(text).toMatch(/2\.50\/s\s+1,235\s+\$0\.0012\s+-/);
    expect(text).not.toContain('SIMULATED');
    const guessed = answerLines([{ ...row, simulated: true, extrapolated: true }], { width: 160, paint: plain });
    expect(guessed.join(' ')).toMatch(/EXTRAPOLATED.*SIMULATED: no GPU.*EXTRAPOLATED, with no.*: \S/);
    expect(answerLines([], { width: 60, paint: plain })).toEqual(['No cell gave figures that may be ranked.']);
  });
});
