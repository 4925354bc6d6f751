import type { Condition } from './shapes.ts';

export const conditionOf = (conditions: readonly Condition[] | undefined, type: string): Condition | undefined =>
  conditions?.find((condition) => condition.type === type);

export const isTrue = (conditions: readonly Condition[] | undefined, type: string): boolean =>
  conditionOf(conditions, type)?.status === 'True';

/** The condition put in place; its transition time moves only with its status. */
export function withCondition(conditions: readonly Condition[], condition: Condition, now: string): Condition[] {
  const before = conditionOf(conditions, condition.type);
  const since = before?.status === condition.status ? before.lastTransitionTime : now;
  const after = { ...condition, ...(since === undefined ? {} : { lastTransitionTime: since }) };
  return before === undefined
    ? [...conditions, after]
    : conditions.map((one) => (one.type === condition.type ? after : one));
}
