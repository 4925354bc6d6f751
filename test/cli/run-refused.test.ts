import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseGenerator } from '#local/generators/choose-generator.ts';
import { fakeCli, MATRIX, stepbench } from './fake-cli.ts';
import { fakeRun } from './fake-run.ts';
import { matrixFiles } from './matrix-files.ts';

const { file, folder, matrixFile } = matrixFiles();

const DEBIAN_12 = { platform: 'linux', arch: 'x64', glibc: '2.36' };

describe('stepbench run with bad input starts nothing', () => {
  const refused = async (...argv: string[]) => {
    const cli = fakeCli();
    const code = await stepbench(cli, 'run', ...argv);
    return { code, told: cli.stderr.text() };
  };

  it('tells every mistake of a matrix at once, with path, value and what to write', async () => {
    const wrong = {
      ...MATRIX,
      budgetUsd: -1,
      matrix: { ...MATRIX.matrix, instanceType: ['g5.8xlarg'], tensorParallel: [0] },
    };
    const { code, told } = await refused(await file('wrong.json', wrong));
    expect(code).toBe(2);
    expect(told).toMatch(/budgetUsd = -1/);
    expect(told).toMatch(/matrix\.instanceType\[0\] = "g5\.8xlarg"/);
    expect(told).toMatch(/matrix\.tensorParallel\[0\] = 0/);
    expect(told.match(/write instead: /g)?.length).toBeGreaterThanOrEqual(3);
  });

  it('says what to do about a load generator that cannot run here, before any estimate', async () => {
    const cli = fakeCli({
      chooseGenerator: (asked) => chooseGenerator(asked, { ...DEBIAN_12, ownPerfAnalyzer: undefined }),
    });
    const path = await file('genai-perf.json', { ...MATRIX, load: { generator: 'genai-perf' }, budgetUsd: 0.01 });
    expect(await stepbench(cli, 'run', path)).toBe(2);
    expect(cli.stderr.text()).toMatch(/load\.generator = "genai-perf"\n.*genai-perf cannot run here.*glibc 2\.38/);
    // With every other mistake, as always.
    expect(cli.stderr.text()).toMatch(/budgetUsd = 0\.01/);
    expect(cli.stderr.text()).toContain('"aiperf"');
    expect(cli.stderr.text()).not.toContain('What this costs');
  });

  it('has them as JSON too', async () => {
    const cli = fakeCli();
    expect(await stepbench(cli, 'run', await file('wrong2.json', { ...MATRIX, budgetUsd: 'x' }), '--json')).toBe(2);
    const { error } = JSON.parse(cli.stdout.text());
    expect(error).toMatchObject({ code: 'matrix-invalid', fault: 'yours' });
    expect(error.problems[0]).toMatchObject({ path: 'budgetUsd', value: 'x' });
  });

  it('refuses a budget below the estimate', async () => {
    const { code, told } = await refused(await file('poor.json', { ...MATRIX, budgetUsd: 0.01 }));
    expect(code).toBe(2);
    expect(told).toContain('(over-budget)');
    expect(told).toMatch(/write instead: at least/);
  });

  it.each([
    ['a file that is not there', () => join(folder, 'none.json'), /matrix-missing/],
    ['a folder', () => folder, /matrix-not-a-file/],
    ['a device', () => '/dev/null', /matrix-not-a-file/],
  ])('%s', async (_what, path, code) => {
    const answer = await refused(path());
    expect(answer.code).toBe(2);
    expect(answer.told).toMatch(code);
    expect(answer.told).not.toMatch(/ENOENT|EISDIR|at .*\.ts:/);
  });

  it.each([
    ['a syntax error', '{\n  "name": "x",\n  "budgetUsd" 5\n}', /syntax\.json:3:15/],
    ['an end that is missing', '{"name": "x"', /syntax\.json:1:13/],
    ['an empty file', '', /the file is empty/],
    ['a comment', '// my matrix\n{}', /syntax\.json:1:1/],
  ])('%s, with its place', async (_what, content, place) => {
    const { code, told } = await refused(await file('syntax.json', content));
    expect(code).toBe(2);
    expect(told).toMatch(place);
    expect(told).toContain('(matrix-not-json)');
  });

  it('bytes that are no text, and a file that is far too large', async () => {
    const path = join(folder, 'bytes.json');
    await writeFile(path, Buffer.from([0x7b, 0xff, 0xfe]));
    expect((await refused(path)).told).toContain('not UTF-8');
    await writeFile(path, Buffer.alloc(20_000_001, ' '));
    expect((await refused(path)).told).toContain('(matrix-too-large)');
  });

  it('reads a file that an editor began with a byte order mark', async () => {
    const path = await file('bom.json', `\ufeff${JSON.stringify(MATRIX)}`);
    expect(await stepbench(fakeCli({ startLocalRun: fakeRun() }), 'run', path)).toBe(0);
  });

  it.each([
    [['--run', 'Bad Name'], /run-id-bad/],
    [['--run', 'a', '--resume', 'b'], /bad-usage/],
    [['--nonsense'], /bad-usage/],
    [['--resume', 'gone'], /run-unknown/],
  ])('%j', async (argv, code) => {
    const answer = await refused(matrixFile, ...argv);
    expect(answer.code).toBe(2);
    expect(answer.told).toMatch(code);
  });

  it('no matrix at all', async () => {
    expect((await refused()).told).toMatch(/a matrix file is missing/);
  });
});
