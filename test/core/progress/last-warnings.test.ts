import { expect, test } from 'vitest';
import { lastWarnings } from '#core/progress/last-warnings.ts';

const exit = (warnings?: string) => ({
  stateExitedEventDetails: { name: 'S', ...(warnings !== undefined && { assignedVariables: { warnings } }) },
});

test('the warnings of a run are those that its execution assigned last, whether it failed or not', () => {
  expect(lastWarnings([exit('[]'), exit('["a"]'), exit(), {}])).toEqual(['a']);
});

test('there are none to tell where none were assigned, or AWS cut them short', () => {
  expect(lastWarnings([exit(), {}])).toBeUndefined();
  expect(lastWarnings([exit('["a", "b')])).toBeUndefined();
});
