import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { MOST_MATRIX_BYTES, PAYLOAD_BYTES } from '#core/matrix/size.ts';
import { matrixOfBytes, problems, withMatrix } from './fixtures.ts';

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

it('is refused from the first byte on that no execution carries', () => {
  expect(bytes(matrixOfBytes(MOST_MATRIX_BYTES))).toBe(MOST_MATRIX_BYTES);
  expect(problems(matrixOfBytes(MOST_MATRIX_BYTES))).toEqual([]);
  expect(problems(matrixOfBytes(MOST_MATRIX_BYTES + 1))).toMatchObject([{ code: 'too-large', path: 'endpoints' }]);
});

it('counts characters as UTF-8 has them', () => {
  const include = Array.from({ length: 1000 }, () => ({ instanceType: 'g5.8xlarge', note: '€'.repeat(80) }));
  const document = withMatrix({ include });
  expect(JSON.stringify(document).length).toBeLessThan(MOST_MATRIX_BYTES);
  expect(problems(document)).toMatchObject([
    { code: 'too-large', path: 'matrix.include', instead: expect.stringContaining('axes with lists of values') },
  ]);
});

it('is told with every other mistake', () => {
  const found = problems({ ...matrixOfBytes(MOST_MATRIX_BYTES + 10), budgetUsd: -1 });
  expect(found.map(({ code }) => code).sort()).toEqual(['out-of-range', 'too-large']);
});

it('leaves room for what goes with it at the most in one state, as the machine has it', () => {
  const { StartRun, ExpandMatrix } = JSON.parse(
    readFileSync(new URL('../../../statemachines/benchmark.asl.json', import.meta.url), 'utf8'),
  ).States;
  const arn = `arn:aws-us-gov:states:us-gov-west-1:${'1'.repeat(12)}:execution:${'m'.repeat(80)}:${'e'.repeat(80)}`;
  // What is asked for as a run may be the occasion of a schedule, longer than any run id.
  const longest = { requestedRun: 'r'.repeat(1024), execution: arn, startedAt: '2026-11-24T00:00:00.000Z' };
  const functionArn = `arn:aws-us-gov:lambda:us-gov-west-1:${'1'.repeat(12)}:function:${'f'.repeat(64)}:1000000`;
  const envelopes = [
    { matrix: '', run: longest.requestedRun },
    { ...StartRun.Assign, matrix: '', ...longest },
    { FunctionName: functionArn, Payload: { ...ExpandMatrix.Arguments.Payload, matrix: '', ...longest } },
  ];
  for (const envelope of envelopes) expect(bytes(envelope)).toBeLessThan(PAYLOAD_BYTES - MOST_MATRIX_BYTES);
});

it('advises lists of values where the entries of a list are too many, of those left out too', () => {
  const exclude = Array.from({ length: 3000 }, () => ({ instanceType: 'g5.8xlarge', model: 'm'.repeat(60) }));
  expect(problems(withMatrix({ exclude }))).toContainEqual(
    expect.objectContaining({
      code: 'too-large',
      path: 'matrix.exclude',
      instead: expect.stringMatching(/^axes with lists of values/),
    }),
  );
});
