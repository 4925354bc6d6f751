/**
 * An object that is made when it is first used. Importing a task must read no environment and make no client: an
 * error then would be one of the module, without a name that the state machine knows.
 */
export function lazily<T extends object>(make: () => T): T {
  let made: T | undefined;
  return new Proxy({} as T, {
    get: (_, property) => {
      made ??= make();
      return Reflect.get(made, property);
    },
  });
}
