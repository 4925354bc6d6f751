type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Server-side apply with one manager: fields that it applied before and no longer names are taken away,
 * fields that others wrote stay. Lists are the manager's as a whole; Kubernetes merges some of them by key,
 * which makes no difference while nobody else writes into them.
 */
export function mergeApplied(live: unknown, before: unknown, now: unknown): unknown {
  if (!isFields(live) || !isFields(now)) return now;
  const result: Fields = { ...live };
  if (isFields(before)) {
    for (const [key, value] of Object.entries(before)) {
      if (key in now) continue;
      const rest = isFields(value) ? mergeApplied(live[key], value, {}) : undefined;
      if (isFields(rest) && Object.keys(rest).length > 0) result[key] = rest;
      else delete result[key];
    }
  }
  for (const [key, value] of Object.entries(now)) {
    if (value === undefined) continue;
    result[key] = mergeApplied(live[key], isFields(before) ? before[key] : undefined, value);
  }
  return result;
}
