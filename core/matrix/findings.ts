import type { Problem } from './problems.ts';

/** What a check finds in one combination; `subject` is what differs between combinations with the same mistake. */
export interface Finding extends Omit<Problem, 'message' | 'instead'> {
  subject: string;
  message: (subjects: string) => string;
  instead: (subjects: readonly string[]) => string;
}

const SHOWN_SUBJECTS = 5;

/** Collects findings, one problem for each place and kind of mistake, however many combinations have it. */
export class Findings {
  readonly #found = new Map<string, { finding: Finding; subjects: Set<string> }>();

  add(finding: Finding): void {
    const key = `${finding.code} ${finding.path}`;
    const known = this.#found.get(key);
    if (known === undefined) this.#found.set(key, { finding, subjects: new Set([finding.subject]) });
    else known.subjects.add(finding.subject);
  }

  problems(): Problem[] {
    return [...this.#found.values()].map(({ finding: { subject, message, instead, ...problem }, subjects }) => {
      const all = [...subjects];
      const rest = all.length - SHOWN_SUBJECTS;
      const shown = all.slice(0, SHOWN_SUBJECTS).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
      return { ...problem, message: message(shown), instead: instead(all) };
    });
  }
}
