import { type Column, GLUE_TYPE } from './column.ts';
import { PARTITION_COLUMN, SCHEMA_VERSION } from './shared-columns.ts';
import { TABLES } from './tables.ts';

/** The text of docs/columns.md. */
export function columnsDoc(): string {
  const tables = Object.entries(TABLES).map(([name, { columns, key, meaning }]) =>
    [
      `## ${name}`,
      '',
      `${meaning} No two rows agree in all of ${key.map((part) => `\`${part}\``).join(', ')}.`,
      '',
      '| column | type | unit | null | meaning |',
      '| --- | --- | --- | --- | --- |',
      ...[...columns, PARTITION_COLUMN].map(line),
      '',
    ].join('\n'),
  );
  return `${[INTRODUCTION, ...tables].join('\n')}`;
}

const line = ({ name, type, unit, nullable, meaning, values }: Column): string =>
  `| ${name} | ${GLUE_TYPE[type]} | ${unit ?? ''} | ${nullable ? 'yes' : ''} | ${meaningOf(meaning, values)} |`;

const meaningOf = (meaning: string, values: readonly string[] | undefined): string =>
  (values === undefined ? meaning : `${meaning}: ${values.join(', ')}`).replaceAll('|', '\\|');

const INTRODUCTION = `# The columns of the results

Generated from the column table in core/results; \`npm run generate\` writes it anew. Types are Athena's. Times are
UTC. Every row has the literal \`schema_version\` ${SCHEMA_VERSION}; a new nullable column does not change it, and
reads as null in older files. There is no NaN: what was not measured is null. \`${PARTITION_COLUMN.name}\` is the
partition, in the path and not in the files.
`;
