import { StateMachineDeleting, StateMachineDoesNotExist } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { asAwsError } from '#aws/stack/errors.ts';

const said = { message: 'no', $metadata: {} };

/** `destroy` goes on where what it asks for is going already: in any other words it would stop half-way. */
it.each([
  ['that is being deleted', new StateMachineDeleting(said)],
  ['that is gone', new StateMachineDoesNotExist(said)],
])('a state machine %s is not found', (_, error) => expect(asAwsError(error)).toMatchObject({ problem: 'not-found' }));
