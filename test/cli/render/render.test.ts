import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CliError } from '#cli/errors.ts';
import { planOf } from '#cli/planning.ts';
import { answerLines } from '#cli/render/answer.ts';
import { changeLines } from '#cli/render/changes.ts';
import { errorLines } from '#cli/render/error.ts';
import { estimateLines } from '#cli/render/estimate.ts';
import { cellLabels, deploymentLabels } from '#cli/render/labels.ts';
import { liveLines } from '#cli/render/live-view.ts';
import { table } from '#cli/render/table.ts';
import { timelineLines } from '#cli/render/timeline.ts';
import { disagreementLines, troubleLines } from '#cli/render/troubles.ts';
import { plain } from '#cli/terminal/paint.ts';
import { oneLine, padded, printable, truncated, widthOf, wrapped } from '#cli/terminal/printable.ts';
import type { SqlRow } from '#core/ports/sql.ts';
import { startProgress } from '#core/progress/progress.ts';
import { reduce } from '#core/progress/reduce.ts';
import { History } from '#test/core/progress/history.ts';
import { MATRIX, NOW_MS } from '../fake-cli.ts';
import { eventsOf } from '../fake-run.ts';

/** What a terminal would act on rather than show. */
const ACTS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
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

describe('what is shown of a run', () => {
  const plan = planOf(MATRIX, 'test', { run: 'r', nowMs: NOW_MS });
  const events = eventsOf(MATRIX);
  const names = {
    deployments: deploymentLabels(plan.deployments),
    cells: cellLabels(plan.deployments.flatMap(({ cells }) => cells)),
  };

  it('fits the terminal at every moment', () => {
    fc.assert(
      fc.property(fc.nat(events.length), widths, fc.constantFrom(5, 40), (count, width, height) => {
        const progress = events.slice(0, count).reduce(reduce, startProgress(plan.deployments));
        const view = {
          ...names,
          progress,
          nowMs: progress.lastEventAtMs + 5000,
          notice: 'Stopping: please wait '.repeat(9),
        };
        const lines = liveLines(view, { width, height, paint: plain });
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
        expect(lines.length).toBeLessThanOrEqual(Math.max(height, 6));
      }),
    );
  });

  it('shows those under way where there are more than the terminal has lines', () => {
    const many = Array.from({ length: 30 }, (_value, index) => ({ ...plan.deployments[0]!, id: `d${index}` }));
    const started = new History('arn:c', { parent: 'arn:r' }).start({ deployment: 'd29', cells: [] });
    const progress = started.events.reduce(reduce, startProgress(many));
    const deployments = new Map(many.map(({ id }) => [id, `type-${id}`]));
    const view = { ...names, deployments, progress, nowMs: progress.lastEventAtMs, notice: '' };
    const lines = liveLines(view, { width: 80, height: 12, paint: plain });
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(lines.join('\n')).toContain('type-d29');
    expect(lines.at(-1)).toBe('and 24 more deployments');
  });

  it('has a line for what was tried again, and for what failed', () => {
    const history = new History('arn:c', { parent: 'arn:r' })
      .start({ deployment: plan.deployments[0]!.id, cells: plan.deployments[0]!.cells.map(({ id }) => ({ cell: id })) })
      .enter('ProvisionNodePool')
      .call({ capacity: 0 });
    const before = history.events.reduce(reduce, startProgress(plan.deployments));
    history
      .throw('Retryable', 'slow\ndown')
      .wait(2)
      .call({ capacity: 0 })
      .return({})
      .task('RecordDeploymentFailure', { failure: { error: 'NoCapacity', cause: 'none left' } }, {});
    const after = history.events.reduce(reduce, before);
    expect(changeLines(before, after, names)).toEqual([
      '0:00 g5.8xlarge TP=1: ProvisionNodePool is called again after Retryable: slow down',
      '0:00 g5.8xlarge TP=1: failed: none left (NoCapacity)',
    ]);
    expect(changeLines(after, after, names)).toEqual([]);
  });

  it('does not call a deployment measured whose cells were not', () => {
    const [one] = plan.deployments;
    const ids = one!.cells.map(({ id }) => id);
    const end = (statuses: ('valid' | 'invalid' | 'failed')[], status: string) => {
      const history = new History('arn:c', { parent: 'arn:r' })
        .start({ deployment: one!.id, cells: ids.map((cell) => ({ cell })) })
        .task('ProvisionNodePool', { capacity: 0 }, {});
      for (const [index, cellStatus] of statuses.entries()) {
        history.task('LaunchJob', { cell: ids[index] }, {});
        if (cellStatus === 'failed') {
          history.task('RecordCellFailure', { failure: { error: 'GeneratorFailed', cause: '' } }, {});
        } else history.task('RecordResult', {}, { status: cellStatus });
      }
      history.task('ReleaseDeployment', {}, { status: 'done' }).succeed({ deployment: one!.id, status });
      const before = history.events.slice(0, -1).reduce(reduce, startProgress(plan.deployments));
      return changeLines(before, history.events.reduce(reduce, startProgress(plan.deployments)), names).at(-1);
    };
    const all = (what: 'valid' | 'invalid' | 'failed') => ids.map(() => what);
    expect(end(all('valid'), 'measured')).toMatch(/: measured after .*, its node is gone$/);
    expect(end(all('invalid'), 'measured')).toMatch(/: measured after/);
    expect(end(all('failed'), 'failed')).toMatch(/: failed after/);
    expect(end(all('failed').with(0, 'valid'), 'measured')).toMatch(
      new RegExp(`: 1 of ${ids.length} cells measured after`),
    );
  });

  it('has phase, cells, elapsed time and dollars of each deployment', () => {
    const running = events.findIndex(({ event }) => event.taskScheduledEventDetails?.parameters.includes('"cell"'));
    const progress = events.slice(0, running + 1).reduce(reduce, startProgress(plan.deployments));
    const text = liveLines(
      { ...names, progress, nowMs: progress.lastEventAtMs + 5000, notice: '' },
      { width: 120, height: 40, paint: plain },
    ).join('\n');
    expect(text).toMatch(/measure · 1:45 · 0\/4 cells · GPU nodes \$0\.077 at AWS prices/);
    expect(text).toMatch(/g5\.8xlarge TP=1\s+measure\s+▸· 0\/2\s+1:45\s+\$0\.077\s+concurrency=2/);
    expect(text).toMatch(/g5\.16xlarge TP=1\s+waiting\s+·· 0\/2\s+\$0\.00/);
  });

  it('estimates with the price, its source and its date', () => {
    for (const width of [60, 120]) {
      const lines = estimateLines(plan, { width, paint: plain });
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
      expect(lines.join(' ')).toMatch(/budget \$20\.00/);
      expect(lines.join(' ')).toMatch(/AWS Price List.*2026-/);
      expect(lines[0]).toMatch(/\d at once in AWS$/);
      expect(lines.join(' ')).toMatch(/Without the 15 min .* engines assumed slow/);
    }
  });
});

describe('a timeline', () => {
  const span = (phase: 'launch' | 'measure' | 'release', fromMs: number, toMs: number) => ({
    phase,
    fromMs,
    toMs,
    usdPerHour: 1,
  });

  it('gives each phase its share of the line', () => {
    const rows = [{ name: 'a', spans: [span('launch', 0, 50), span('measure', 50, 100)] }];
    const [bar] = timelineLines(rows, { startMs: 0, endMs: 100 }, { width: 23, paint: plain });
    expect(bar).toBe(`a  ${'L'.repeat(10)}${'#'.repeat(10)}`);
  });

  it('fits the terminal, also when nothing took any time', () => {
    const rows = [{ name: 'a\u001b[2J'.repeat(20), spans: [span('release', 5, 5)] }];
    for (const width of [60, 120]) {
      for (const line of timelineLines(rows, { startMs: 5, endMs: 5 }, { width, paint: plain })) {
        expect(widthOf(line)).toBeLessThanOrEqual(width);
        expect(line).not.toMatch(ACTS);
      }
    }
  });
});

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
    expect(guessed.join(' ')).toMatch(/EXTRAPOLATED.*SIMULATED: no GPU.*Extrapolated, with no.*: \S/);
    expect(answerLines([], { width: 60, paint: plain })).toEqual(['No cell gave figures that may be ranked.']);
  });
});
