import type { ObjectStore } from '#core/ports/object-store.ts';
import type { SqlRow, SqlValue } from '#core/ports/sql.ts';
import { keyOf } from '#core/results/layout.ts';
import { QUESTIONS, type RunQuestionName } from '#core/results/questions.ts';
import { readJson, writeJson } from './json.ts';
import { findPlan } from './plan.ts';

/** What a question was answered, kept beside the run. */
export interface Answer {
  schema_version: 1;
  run: string;
  name: RunQuestionName;
  question: string;
  parameters: SqlValue[];
  rows: SqlRow[];
  /** ISO time. */
  answeredAt: string;
}

export const writeAnswer = (store: ObjectStore, answer: Answer) =>
  writeJson(store, keyOf({ kind: 'answer', run: answer.run, question: answer.name }), answer);

/** What the run's latest execution was answered: what one before it was told is of other rows. */
export async function readAnswers(store: ObjectStore, run: string): Promise<Answer[]> {
  const plan = await findPlan(store, run);
  if (plan === undefined) return [];
  const sinceMs = Date.parse(plan.startedAt);
  const stored = await Promise.all(
    QUESTIONS.map((question) => readJson(store, keyOf({ kind: 'answer', run, question }))),
  );
  const answers = stored.flatMap((one) => (one === undefined ? [] : [one.value as Answer]));
  return answers.filter(({ answeredAt }) => Date.parse(answeredAt) >= sinceMs);
}
