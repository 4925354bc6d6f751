/** A state that leads to `Caught` on one of these errors. */
export const caught = (errors: string[], fields: object = {}) => ({
  Catch: [{ ErrorEquals: errors, Next: 'Caught', ...fields }],
});

export const end = { Caught: { Type: 'Pass', End: true } };
