import { Aws, Names } from 'aws-cdk-lib';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { type Column, GLUE_TYPE } from '#core/results/column.ts';
import { type TableName, tablePrefix } from '#core/results/layout.ts';
import { PARTITION_COLUMN } from '#core/results/shared-columns.ts';
import { TABLES } from '#core/results/tables.ts';

/** No run is older. Each day of the range without a filter on it is one listing. */
const FIRST_DAY = '2026-01-01';

/** Of a comment in Glue. */
const LONGEST_COMMENT = 255;

/** The database with the tables of the results, made from the column table. @returns its name. */
export function resultTables(scope: Construct, bucket: IBucket): string {
  const database = new CfnDatabase(scope, 'Database', {
    catalogId: Aws.ACCOUNT_ID,
    databaseInput: {
      // Athena wants no capitals and no dashes.
      name: Names.uniqueResourceName(scope, { maxLength: 60, separator: '_' }).toLowerCase(),
      description: 'StepBench: benchmark results',
    },
  });
  for (const name of Object.keys(TABLES) as TableName[]) table(scope, bucket, database, name);
  return database.ref;
}

/**
 * Partitions are projected: a day's files are found by its path, without a crawler and without adding any. Their
 * format is Parquet, which reads columns by name, so that a new nullable column needs nothing here.
 */
function table(scope: Construct, bucket: IBucket, database: CfnDatabase, name: TableName): CfnTable {
  const { columns, meaning } = TABLES[name];
  const location = bucket.s3UrlForObject(tablePrefix(name));
  return new CfnTable(scope, `Table-${name}`, {
    catalogId: Aws.ACCOUNT_ID,
    databaseName: database.ref,
    tableInput: {
      name,
      description: meaning,
      tableType: 'EXTERNAL_TABLE',
      partitionKeys: [glueColumn(PARTITION_COLUMN)],
      parameters: {
        EXTERNAL: 'TRUE',
        classification: 'parquet',
        'projection.enabled': 'true',
        'projection.dt.type': 'date',
        'projection.dt.format': 'yyyy-MM-dd',
        'projection.dt.range': `${FIRST_DAY},NOW`,
        'projection.dt.interval': '1',
        'projection.dt.interval.unit': 'DAYS',
        'storage.location.template': `${location}dt=\${dt}/`,
      },
      storageDescriptor: {
        columns: columns.map(glueColumn),
        location,
        inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
        outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
        serdeInfo: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
      },
    },
  });
}

const glueColumn = ({ name, type, meaning }: Column): CfnTable.ColumnProperty => ({
  name,
  type: GLUE_TYPE[type],
  comment: meaning.slice(0, LONGEST_COMMENT),
});
