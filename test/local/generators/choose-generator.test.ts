import { cp, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ErrorName } from '#core/workflow/errors.ts';
import { autoGenerator, chooseGenerator } from '#local/generators/choose-generator.ts';
import { runCommand } from '#local/generators/command.ts';
import {
  checkOwnPerfAnalyzer,
  exposePerfAnalyzer,
  perfAnalyzerFit,
  type System,
  thisSystem,
} from '#local/generators/perf-analyzer.ts';
import { programs } from './fake-programs.ts';

const system = (over: Partial<System> = {}): System => ({
  platform: 'linux',
  arch: 'x64',
  glibc: '2.39',
  ownPerfAnalyzer: undefined,
  ...over,
});

describe('the load generator on a laptop', () => {
  it.each<[string, Partial<System>, string]>([
    ['Ubuntu 24.04', { glibc: '2.39' }, 'genai-perf'],
    ['Debian 13 on ARM', { glibc: '2.41', arch: 'arm64' }, 'genai-perf'],
    ['the oldest that will do', { glibc: '2.38' }, 'genai-perf'],
    ['Debian 12', { glibc: '2.36' }, 'aiperf'],
    ['Amazon Linux 2023', { glibc: '2.34' }, 'aiperf'],
    ['Alpine', { glibc: undefined }, 'aiperf'],
    ['macOS', { platform: 'darwin', arch: 'arm64', glibc: undefined }, 'aiperf'],
    ['Windows', { platform: 'win32', glibc: undefined }, 'aiperf'],
    ['another architecture', { arch: 'riscv64' }, 'aiperf'],
    [
      'a machine with a perf_analyzer of its own',
      { glibc: '2.17', ownPerfAnalyzer: '/opt/perf_analyzer' },
      'genai-perf',
    ],
  ])('is on %s the one that runs there', (_, over, name) => {
    expect(autoGenerator(system(over)).name).toBe(name);
    expect(chooseGenerator('auto', system(over))).toEqual(autoGenerator(system(over)));
  });

  it('is told with its reason', () => {
    expect(autoGenerator(system({ glibc: '2.36' })).says).toMatch(/AIPerf.*genai-perf cannot run.*glibc 2\.38.*2\.36/);
    expect(autoGenerator(system({ platform: 'darwin' })).says).toContain('darwin');
    expect(autoGenerator(system()).says).toMatch(/genai-perf/);
    expect(chooseGenerator('aiperf', system()).says).toContain('as the matrix says');
  });

  it('is genai-perf from glibc 2.38 on, compared by numbers', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 120 }), (major, minor) => {
        const { runs } = perfAnalyzerFit(system({ glibc: `${major}.${minor}` }));
        expect(runs).toBe(major * 1000 + minor >= 2038);
      }),
    );
  });

  it('is refused with what to do where it was asked for and cannot run', () => {
    expect(() => chooseGenerator('genai-perf', system({ glibc: '2.36' }))).toThrow(
      expect.objectContaining({
        name: ErrorName.GeneratorFailed,
        message: expect.stringMatching(/genai-perf cannot run here.*2\.36/),
        nextStep: expect.stringMatching(/"aiperf".*STEPBENCH_PERF_ANALYZER/),
      }),
    );
    expect(chooseGenerator('genai-perf', system()).name).toBe('genai-perf');
  });
});

describe('this system', () => {
  it.runIf(process.platform === 'linux')('is asked for its C library, not tried out', () => {
    const { glibc, platform, arch } = thisSystem({});
    expect({ platform, arch }).toEqual({ platform: process.platform, arch: process.arch });
    if (glibc !== undefined) expect(glibc).toMatch(/^\d+\.\d+$/);
  });

  it('has a perf_analyzer of its own when one is named', () => {
    expect(thisSystem({ STEPBENCH_PERF_ANALYZER: '/opt/perf_analyzer' }).ownPerfAnalyzer).toBe('/opt/perf_analyzer');
    expect(thisSystem({ STEPBENCH_PERF_ANALYZER: '' }).ownPerfAnalyzer).toBeUndefined();
  });
});

describe('a perf_analyzer that was named', () => {
  it('is used when it starts', async () => {
    const folder = await programs({ perf_analyzer: 'echo Perf Analyzer Version 2.60.0' });
    await expect(checkOwnPerfAnalyzer(`${folder}/perf_analyzer`)).resolves.toBeUndefined();
  });

  it.each([
    ['is not there', 'perf_analyzer', {}, /no such file/],
    [
      'does not start',
      'perf_analyzer',
      { perf_analyzer: 'echo GLIBC_2.38 not found >&2; exit 1' },
      /GLIBC_2\.38 not found/,
    ],
    ['has another name', 'analyzer', { analyzer: 'exit 0' }, /looks for the name perf_analyzer/],
  ])('is refused when it %s', async (_, name, scripts, why) => {
    const folder = await programs(scripts);
    const error = await checkOwnPerfAnalyzer(`${folder}/${name}`).then(
      () => undefined,
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ name: ErrorName.GeneratorFailed, message: expect.stringMatching(why) });
    expect(error.nextStep).toContain('leave the variable out');
  });
});

describe('the perf_analyzer of the wheel', () => {
  it('is the program itself, whose exit code counts, also when its environment is moved', async () => {
    const [made, moved] = [join(await programs({}), 'venv'), join(await programs({}), 'venv')];
    const program = join(made, 'lib', 'python3.12', 'site-packages', 'perf_analyzer', 'bin');
    await mkdir(program, { recursive: true });
    await mkdir(join(made, 'bin'));
    await cp(join(await programs({ perf_analyzer: 'exit 99' }), 'perf_analyzer'), join(program, 'perf_analyzer'));
    // As the wheel has it: always 0.
    await cp(join(await programs({ perf_analyzer: 'exit 0' }), 'perf_analyzer'), join(made, 'bin', 'perf_analyzer'));
    await exposePerfAnalyzer(made);
    await rename(made, moved);
    const { code } = await runCommand(join(moved, 'bin', 'perf_analyzer'), [], { timeoutSeconds: 10 });
    expect(code).toBe(99);
  });
});
