import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnNamedQuery } from 'aws-cdk-lib/aws-athena';
import type { Construct } from 'constructs';
import { ALL_QUESTIONS, readQueries } from '#core/results/questions.ts';
import { PACKAGE_ROOT } from './package-root.ts';

export const QUERIES_FOLDER = join(PACKAGE_ROOT, 'queries');

/** Every file of queries/, for the console: the views as well, which the first run creates. */
export function namedQueries(scope: Construct, { database, workgroup }: { database: string; workgroup: string }): void {
  const { views, questions } = readQueries((path) => readFileSync(join(QUERIES_FOLDER, path), 'utf8'));
  for (const { name, question, sql, parameters } of [...views, ...ALL_QUESTIONS.map((one) => questions[one])]) {
    const asks = parameters.map((one, index) => `${index + 1}. ${one.name}: ${one.meaning}`);
    new CfnNamedQuery(scope, `Query-${name}`, {
      name,
      database,
      workGroup: workgroup,
      description: [question, ...asks].join(' ').slice(0, 1024),
      queryString: sql,
    });
  }
}
