const SUFFIXES: Record<string, number> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
};

/** A Kubernetes quantity: `500m`, `10Gi`, `4`. */
export function quantity(text: string | number): number {
  const match = /^([0-9.]+)([A-Za-z]*)$/.exec(String(text));
  const factor = SUFFIXES[match?.[2] ?? ''];
  if (match === null || factor === undefined) throw new Error(`"${text}" is no Kubernetes quantity`);
  return Number(match[1]) * factor;
}

const UNITS: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1_000 };

/** A Karpenter duration: `1h30m`, `600s`, `Never`. */
export function durationMs(text: string): number {
  if (text === 'Never') return Number.POSITIVE_INFINITY;
  const parts = [...text.matchAll(/([0-9]+)([hms])/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit!]!, 0);
}
