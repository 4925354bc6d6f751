import type { Template } from '../jsonata/template.ts';
import type { LoadState } from '../load/load-state.ts';
import type { NumberField } from '../load/number-field.ts';
import { QueryFailure } from '../run/failure.ts';
import type { Exit, Outcome, Step } from '../run/step.ts';

/** A date, T, a time and an offset, as RFC 3339 has them; up to nanoseconds. */
const extendedOffsetDateTime = /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds since the epoch; undefined when the text is not a time that exists. */
const parseTimestamp = (text: unknown): number | undefined => {
  const [, year, month, day] = typeof text === 'string' ? (extendedOffsetDateTime.exec(text) ?? []) : [];
  const ms = Date.parse(String(text));
  if (day === undefined || Number.isNaN(ms)) return undefined;
  // Date.parse takes the 30th of February for the 1st of March.
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCDate() === Number(day) ? ms : undefined;
};

class Wait {
  readonly type = 'Wait';
  readonly name: string;
  readonly #seconds: NumberField | undefined;
  readonly #timestamp: Template | undefined;
  readonly #exit: Exit;

  constructor(name: string, seconds: NumberField | undefined, timestamp: Template | undefined, exit: Exit) {
    this.name = name;
    this.#seconds = seconds;
    this.#timestamp = timestamp;
    this.#exit = exit;
  }

  run(step: Step): Outcome | Promise<Outcome> {
    const scope = step.scope();
    const value = this.#seconds?.evaluate(scope) ?? this.#timestamp?.evaluate(scope);
    if (value instanceof Promise) return value.then((settled) => this.#waitFor(step, settled));
    return this.#waitFor(step, value);
  }

  #waitFor(step: Step, value: unknown): Outcome | Promise<Outcome> {
    const ms = this.#seconds === undefined ? this.#msUntil(step, value) : (value as number) * 1000;
    const leave = () => step.leave(this.#exit, step.scope(), step.input);
    return ms > 0 ? step.branch.wait(ms).then(leave) : leave();
  }

  #msUntil(step: Step, value: unknown): number {
    if (typeof value !== 'string') this.#timestamp?.expression?.failAsUnexpectedType('string', value);
    const ms = parseTimestamp(value);
    if (ms === undefined) {
      throw new QueryFailure(
        `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${value}`,
        'Timestamp',
        true,
      );
    }
    return ms - step.branch.execution.services.clock.nowMs();
  }
}

const longestWaitSeconds = 99_999_999;

export const loadWait: LoadState = (name, reader) => {
  const seconds = reader.numberField('Seconds', { min: 0, max: longestWaitSeconds, integer: true });
  const timestamp = reader.template('Timestamp');
  if ((seconds === undefined) === (timestamp === undefined)) reader.report('', 'needs either Seconds or Timestamp');
  if (timestamp?.constant !== undefined && parseTimestamp(timestamp.constant.value) === undefined) {
    reader.report('Timestamp', 'expected a time such as 2026-01-31T12:00:00Z');
  }
  return new Wait(name, seconds, timestamp, reader.exit(reader.transition()));
};
