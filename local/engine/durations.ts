const UNIT_MS: Record<string, number> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `150ms`, `2s`, `1.5m`; a bare number is milliseconds, as in llm-d-inference-sim. Undefined when it is neither. */
export function parseDurationMs(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(us|ms|s|m|h)?$/.exec(text.trim());
  return match === null ? undefined : Number(match[1]) * UNIT_MS[match[2] ?? 'ms']!;
}
