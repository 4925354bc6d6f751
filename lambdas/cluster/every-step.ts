/**
 * One step after the other, whatever became of those before: what cannot be written down, or deleted, must not
 * keep a node alive.
 * @throws the first error, once all have been taken.
 */
export async function everyStep(steps: readonly (() => Promise<unknown>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
