import * as z from 'zod/mini';
import { MATRIX_DOCUMENT } from '../core/matrix/schema.ts';

const SAFE_INTEGER = Number.MAX_SAFE_INTEGER;

/** The matrix as JSON Schema, for editors: generated from the schema that checks it. */
export function matrixJsonSchema(): object {
  return {
    title: 'StepBench benchmark matrix',
    ...z.toJSONSchema(MATRIX_DOCUMENT, {
      io: 'input',
      // Several libraries read these files; draft 7 is what all of them and all editors know.
      target: 'draft-7',
      override: ({ jsonSchema }) => {
        // Bounds that only say "a JavaScript integer" tell a reader nothing.
        if (jsonSchema.maximum === SAFE_INTEGER) delete jsonSchema.maximum;
        if (jsonSchema.minimum === -SAFE_INTEGER) delete jsonSchema.minimum;
      },
    }),
  };
}
