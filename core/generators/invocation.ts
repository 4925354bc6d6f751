import type { Cell } from '../plan/types.ts';
import type { Target } from './generator.ts';

/**
 * What keeps the output at the length that was asked for. `min_tokens` above a request's own `max_tokens`
 * is refused by vLLM, so with a spread of lengths `ignore_eos` alone has to do, and does.
 */
export const outputPins = (cell: Cell, target: Target): string[] => {
  if (target.pinsOutputLength === false) return [];
  return cell.oslStddev === 0 ? ['ignore_eos:true', `min_tokens:${cell.osl}`] : ['ignore_eos:true'];
};

/** Flags in order; those without a value are left out, `true` stands for a flag that takes none. */
export const flags = (values: Record<string, string | number | true | undefined>): string[] =>
  Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : value === true ? [`--${name}`] : [`--${name}`, String(value)],
  );
