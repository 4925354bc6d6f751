import type { Problem } from './problems.ts';

/** What a check finds in one combination; `subject` is what differs between combinations with the same mistake. */
interface Mistake extends Omit<Problem, 'message' | 'instead'> {
  subject: string;
  message: (subjects: string) => string;
}

interface AdvisedOnce extends Mistake {
  figure?: never;
  /** Of the first combination that has the mistake. */
  instead: (subjectCount: number) => string;
}

interface AdvisedByFigure extends Mistake {
  /** What the subject has of what is too much or too little. */
  figure: number;
  /** One advice has to hold for every subject, so it is made of the figures of all. */
  instead: (figures: readonly number[]) => string;
}

export type Finding = AdvisedOnce | AdvisedByFigure;

const SHOWN_SUBJECTS = 5;

/** Collects findings, one problem for each place and kind of mistake, however many combinations have it. */
export class Findings {
  readonly #found = new Map<string, Found>();

  add(finding: Finding): void {
    const key = `${finding.code} ${finding.path}`;
    const found = this.#found.get(key) ?? { first: finding, subjects: new Set(), figures: new Set() };
    found.subjects.add(finding.subject);
    if (finding.figure !== undefined) found.figures.add(finding.figure);
    this.#found.set(key, found);
  }

  problems(): Problem[] {
    return [...this.#found.values()].map(({ first, subjects, figures }) => {
      const { code, path, value } = first;
      const instead = first.figure === undefined ? first.instead(subjects.size) : first.instead([...figures]);
      return { code, path, value, message: first.message(listed(subjects)), instead };
    });
  }
}

interface Found {
  first: Finding;
  subjects: Set<string>;
  figures: Set<number>;
}

function listed(subjects: ReadonlySet<string>): string {
  const rest = subjects.size - SHOWN_SUBJECTS;
  return [...subjects].slice(0, SHOWN_SUBJECTS).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
