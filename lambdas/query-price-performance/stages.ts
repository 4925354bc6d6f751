import type { SqlValue } from '#core/ports/sql.ts';
import { parametersOf, QUESTIONS, type Queries, type RunQuestionName } from '#core/results/questions.ts';
import type { StoredPlan } from '../store/plan.ts';

export interface Statement {
  name: string;
  /** In one sentence; of a view too. */
  question: string;
  sql: string;
  parameters: SqlValue[];
  /** Null for a view. */
  answers: RunQuestionName | null;
}

/** What may run at once: a view may read those before it, the questions read the views. */
export const stagesOf = ({ views, questions }: Queries, plan: StoredPlan): Statement[][] => [
  ...views.map(({ name, question, sql }) => [{ name, question, sql, parameters: [], answers: null }]),
  QUESTIONS.map((name) => ({
    name,
    question: questions[name].question,
    sql: questions[name].sql,
    parameters: parametersOf(questions[name], plan) as SqlValue[],
    answers: name,
  })),
];
