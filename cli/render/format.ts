/** `0.4 s`, `12 s`, `3 min 05 s`, `2 h 04 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${Math.max(0, Math.round(seconds * 10) / 10)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${twoDigits(whole % 60)} s`;
  const rounded = Math.round(whole / 60);
  return `${Math.floor(rounded / 60)} h ${twoDigits(rounded % 60)} min`;
}

/** `1:02:03`: for a clock that runs, since its width does not jump. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${twoDigits(minutes)}:${twoDigits(whole % 60)}` : `${minutes}:${twoDigits(whole % 60)}`;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** Cents, and two digits that count below a cent. */
export function usd(dollars: number): string {
  if (dollars === 0) return '$0.00';
  if (Math.abs(dollars) >= 0.995) return `$${grouped(dollars, 2)}`;
  const rounded = Number(dollars.toPrecision(2));
  const digits = Math.min(8, Math.max(2, 1 - Math.floor(Math.log10(Math.abs(rounded)))));
  return `$${rounded.toFixed(digits)}`;
}

/** Three digits that count at least, with `,` between thousands; `-` for what was not measured. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined) return '-';
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return grouped(value, 0);
  const magnitude = Math.abs(value);
  return grouped(value, magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 4);
}

const grouped = (value: number, digits: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count, 0)} ${count === 1 ? one : many}`;

/** `14:05 UTC`: a moment within a day or so. */
export const utcTime = (ms: number): string => `${new Date(ms).toISOString().slice(11, 16)} UTC`;
