import { parseDurationMs } from './durations.ts';

/** A mistake on the command line: the message is for the person who typed it. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

/** Reads what parseArgs took, and says what a flag must be when it is something else. */
export class FlagReader {
  private readonly values: Record<string, unknown>;

  constructor(values: Record<string, unknown>) {
    this.values = values;
  }

  text(name: string): string | undefined {
    return this.values[name] as string | undefined;
  }

  on(name: string): boolean {
    return this.values[name] === true;
  }

  number(name: string, least: number, most = Number.MAX_SAFE_INTEGER): number | undefined {
    return this.read(name, `a number from ${least} to ${most}`, (text) => {
      const value = text.trim() === '' ? Number.NaN : Number(text);
      return value >= least && value <= most ? value : undefined;
    });
  }

  integer(name: string, least: number, most = Number.MAX_SAFE_INTEGER): number | undefined {
    return this.read(name, `a whole number from ${least} to ${most}`, (text) => {
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      return value >= least && value <= most ? value : undefined;
    });
  }

  duration(name: string): number | undefined {
    return this.read(name, 'a duration such as 250ms or 2s', parseDurationMs);
  }

  choices(name: string, known: readonly string[]): string[] {
    const given = [this.values[name] ?? []].flat().flatMap((text) => String(text).split(','));
    for (const choice of given) {
      if (!known.includes(choice)) throw new FlagError(`--${name}: ${choice} is none of ${known.join(', ')}`);
    }
    return given;
  }

  private read<T>(name: string, wanted: string, parse: (text: string) => T | undefined): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) throw new FlagError(`--${name} must be ${wanted}, not ${text}`);
    return value;
  }
}
