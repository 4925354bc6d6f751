const KEYS = ['run', 'deployment', 'cell', 'attempt'] as const;

/** Which run, deployment and cell an event is about; nothing else of it. */
export function runKeys(event: unknown): Record<string, string> {
  const given = (event ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    KEYS.flatMap((key) => {
      const value = given[key];
      return typeof value === 'string' || typeof value === 'number' ? [[key, String(value)]] : [];
    }),
  );
}
