import type { Problem } from '#core/matrix/problems.ts';
import { readMatrix } from '#core/matrix/read.ts';
import type { Matrix } from '#core/matrix/types.ts';

/** The least that a matrix needs; tests change one thing at a time. */
export const smallest = () => ({
  name: 'test',
  matrix: { instanceType: ['g5.8xlarge'], concurrency: [10] } as Record<string, unknown>,
  defaults: { model: 'openai/gpt-oss-20b', isl: 200, osl: 128 } as Record<string, unknown>,
  budgetUsd: 1000,
});

/** Throws what is wrong with it, if anything is. */
export function mustRead(input: unknown): Matrix {
  const result = readMatrix(input);
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 2));
  return result.matrix;
}

export function problems(input: unknown): Problem[] {
  const result = readMatrix(input);
  return result.ok ? [] : result.problems;
}

export const withMatrix = (changes: Record<string, unknown>) => ({
  ...smallest(),
  matrix: { ...smallest().matrix, ...changes },
});

export const withTop = (changes: Record<string, unknown>) => ({ ...smallest(), ...changes });

export const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** A matrix that takes so many bytes as JSON, by certificates of servers that nobody asks for. */
export function matrixOfBytes(bytes: number) {
  const server = (letters: number) => ({
    url: 'http://host',
    caCertificates: `-----BEGIN CERTIFICATE-----${'A'.repeat(letters)}-----END CERTIFICATE-----`,
  });
  const filled = (letters: number) => ({
    ...smallest(),
    endpoints: { 'endpoint-a': server(150_000), 'endpoint-b': server(letters) },
  });
  return filled(bytes - JSON.stringify(filled(0)).length);
}
