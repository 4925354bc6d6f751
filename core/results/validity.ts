import type { Cell } from '../plan/types.ts';
import type { Measurement } from './measurement.ts';
import { ENGINE_RULES } from './validity-engine.ts';
import { FIGURE_RULES } from './validity-figures.ts';
import { LOAD_RULES } from './validity-load.ts';
import type { AskedOfServer, Rule } from './validity-rule.ts';

/** docs/measurement.md has each rule with its formula, its bound and why. */
const RULES = { ...LOAD_RULES, ...FIGURE_RULES, ...ENGINE_RULES } satisfies Record<string, Rule>;

/** Why a measurement may not be ranked: a closed set, stored by its code. */
export type InvalidCode = keyof typeof RULES;

export const INVALID_CODES = Object.keys(RULES) as InvalidCode[];

interface ValidityReason {
  code: InvalidCode;
  sentence: string;
}

export interface Verdict {
  valid: boolean;
  reasons: ValidityReason[];
}

/** A rule and its reason: valid is what breaks none of them. */
export function judge(
  measurement: Measurement,
  cell: Cell,
  asked: AskedOfServer = { pinsOutputLength: true },
): Verdict {
  const reasons = INVALID_CODES.flatMap((code) => {
    const sentence = RULES[code](measurement, cell, asked);
    return sentence === undefined ? [] : [{ code, sentence }];
  });
  return { valid: reasons.length === 0, reasons };
}
