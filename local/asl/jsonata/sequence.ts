/**
 * JSONata's result sequences: an array that is flattened into what surrounds it, is nothing when empty,
 * and is its only item when it has one. They carry the same mark as the library's own, since its functions see them.
 */
interface Sequence extends Array<unknown> {
  sequence?: true;
}

export const createSequence = (...items: unknown[]): unknown[] => {
  const sequence: Sequence = items;
  sequence.sequence = true;
  return sequence;
};

export const isSequence = (value: unknown): value is unknown[] =>
  Array.isArray(value) && (value as Sequence).sequence === true;

/** What an expression yields for what it gathered. */
export const collapse = (value: unknown): unknown => {
  if (!isSequence(value)) return value;
  if (value.length === 0) return undefined;
  return value.length === 1 ? value[0] : value;
};
