import type { SqlValue } from '#core/ports/sql.ts';

/** What stands where there is no figure. */
const NONE = '–';

type Figure = SqlValue | undefined;

const figure = (value: Figure, text: (value: number) => string): string =>
  typeof value === 'number' && Number.isFinite(value) ? text(value) : NONE;

/** Made once: making one takes a hundred times as long as using it, and a page has 100,000 numbers. */
const FIXED = [0, 1, 2, 3, 4].map(
  (digits) => new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits }),
);
const THREE_DIGITS = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

const fixed = (value: number, digits: 0 | 1 | 2 | 3 | 4): string => (FIXED[digits] as Intl.NumberFormat).format(value);

/** Three digits that count, and never fewer than cents. */
export const usd = (value: Figure): string =>
  figure(value, (amount) => `$${fixed(amount, amount !== 0 && Math.abs(amount) < 1 ? 3 : 2)}`);

/** As a price list has it. */
export const usdPerHour = (value: Figure): string => figure(value, (amount) => `$${fixed(amount, 4)}/h`);

/** Of milliseconds: what a person says. */
export const latency = (value: Figure): string =>
  figure(value, (ms) => (ms < 1000 ? `${fixed(ms, ms < 100 ? 1 : 0)} ms` : `${fixed(ms / 1000, 2)} s`));

/** A target as it was written: no digits that nobody asked for. */
export const target = (ms: number): string =>
  ms < 1000 ? `${ms} ms` : `${(ms / 1000).toLocaleString('en-US', { maximumFractionDigits: 3 })} s`;

export const whole = (value: Figure): string => figure(value, (one) => fixed(one, 0));

/** Three digits that count, and all of a whole number's. */
export const short = (value: Figure): string =>
  figure(value, (one) => (Math.abs(one) >= 100 ? fixed(one, 0) : THREE_DIGITS.format(one)));

export const percent = (share: number): string => `${fixed(share * 100, Math.abs(share) < 0.1 ? 1 : 0)} %`;

export const duration = (seconds: number): string => {
  if (seconds < 120) return `${fixed(seconds, 0)} s`;
  return seconds < 7200 ? `${fixed(seconds / 60, 0)} min` : `${fixed(seconds / 3600, 1)} h`;
};

/** `2026-01-31 10:00 UTC` of an ISO time; what is none stays as it is. */
export const time = (iso: string | null): string => {
  if (iso === null) return NONE;
  const parsed = new Date(iso);
  return Number.isNaN(parsed.getTime()) ? iso : `${parsed.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
};

export const counted = (count: number, noun: string): string => `${fixed(count, 0)} ${noun}${count === 1 ? '' : 's'}`;

/** `$0.61–0.65`, or one of them where they are the same to the digit. */
export const usdRange = (low: number, high: number): string => {
  const [from, to] = [usd(low), usd(high)];
  return from === to ? from : `${from}–${to.slice(1)}`;
};
