import type { Problem } from './problems.ts';

/** What a state, an assignment and the input of an execution may hold of JSON as UTF-8: 256 KiB, a quota of Step Functions. */
export const PAYLOAD_BYTES = 262_144;

/**
 * What stands beside the matrix wherever it travels: run, ARN of the execution, time, the other variables that are set
 * at once, and the function's ARN. Names at their longest come to less than 2 KiB.
 */
const ENVELOPE_BYTES = 4096;

/** 252 KiB, without white space. */
export const MOST_MATRIX_BYTES = PAYLOAD_BYTES - ENVELOPE_BYTES;

/** Past the limit the machine could not even hand it to the task that says what is wrong with it. */
export function checkSize(document: object): Problem[] {
  const bytes = jsonBytes(document);
  if (bytes === undefined || bytes <= MOST_MATRIX_BYTES) return [];
  const largest = largestPart(document);
  const entries = largest.path === 'matrix.include' || largest.path === 'matrix.exclude';
  return [
    {
      code: 'too-large',
      path: largest.path,
      value: undefined,
      message: `the matrix takes ${kib(bytes)} KiB as JSON without white space, ${kib(largest.bytes)} KiB of them here; it may take ${kib(MOST_MATRIX_BYTES)} KiB, for an execution's input holds ${kib(PAYLOAD_BYTES)} KiB`,
      instead: `${entries ? 'axes with lists of values in the place of entries, "defaults" for what entries have in common' : 'less of it'}, or several matrices`,
    },
  ];
}

/** Of a field, or of what stands under "matrix". */
function largestPart(document: object): { path: string; bytes: number } {
  const { matrix, ...fields } = document as Record<string, unknown>;
  const axes = typeof matrix === 'object' && matrix !== null && !Array.isArray(matrix) ? Object.entries(matrix) : [];
  const parts = [
    ...Object.entries(fields),
    ...axes.map(([name, value]): [string, unknown] => [`matrix.${name}`, value]),
  ].map(([path, value]) => ({ path, bytes: jsonBytes(value) ?? 0 }));
  return parts.reduce((most, part) => (part.bytes > most.bytes ? part : most), { path: '', bytes: 0 });
}

/** Undefined for what is nested so deeply that it cannot be written: no field is, so that the schema has refused it. */
function jsonBytes(value: unknown): number | undefined {
  try {
    const text = JSON.stringify(value);
    return text === undefined ? 0 : Buffer.byteLength(text);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const kib = (bytes: number): string => (bytes / 1024).toFixed(1).replace(/\.0$/, '');
