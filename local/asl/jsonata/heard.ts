/**
 * Marks a rejection as dealt with. Values are evaluated side by side: when one fails at once, nobody waits for the
 * others any more, and a rejection that nobody hears would end the process.
 */
export const heard = <T>(promise: Promise<T>): Promise<T> => {
  promise.catch(() => {});
  return promise;
};
