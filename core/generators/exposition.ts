/** The Prometheus text format, as far as it is read: one value of one series. */
export interface Series {
  name: string;
  /** As written, without braces. */
  labels: string;
  value: number;
}

/** name{labels} value [timestamp] */
const SERIES = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?[ \t]+(\S+)/;

/** The series of these names; NaN and infinities, which say nothing, are left out. */
export function* seriesOf(exposition: string, names: readonly string[]): Generator<Series> {
  for (const line of exposition.split('\n')) {
    const [, name, labels = '', text] = SERIES.exec(line) ?? [];
    if (name === undefined || !names.includes(name)) continue;
    const value = Number(text);
    if (Number.isFinite(value)) yield { name, labels, value };
  }
}

/** Before each sample of a file that the load script adds to: seconds since the epoch, of its own clock. */
export const SAMPLE_MARK = '# sample ';

export interface Sample {
  /** ms since the epoch. */
  atMs: number;
  exposition: string;
}

/** The samples of such a file, in order; a last one that was cut short gives what it has. */
export function samplesOf(text: string | undefined): Sample[] {
  return (text ?? '')
    .split(new RegExp(`^${SAMPLE_MARK}`, 'm'))
    .slice(1)
    .flatMap((part) => {
      const end = part.indexOf('\n');
      const atMs = end < 0 ? Number.NaN : Number(part.slice(0, end)) * 1000;
      return Number.isFinite(atMs) ? [{ atMs, exposition: part.slice(end + 1) }] : [];
    });
}
