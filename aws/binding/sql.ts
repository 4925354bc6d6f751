import { AthenaClient } from '@aws-sdk/client-athena';
import type { Sql } from '#core/ports/sql.ts';
import { Variable } from '#core/stack/environment.ts';
import { athenaSql } from '../sql/athena-sql.ts';
import { CLIENT_CONFIG } from './client-config.ts';
import { required } from './environment.ts';
import { lazily } from './lazily.ts';

export const sql: Sql = lazily(() =>
  athenaSql(new AthenaClient(CLIENT_CONFIG), {
    workgroup: required(Variable.athenaWorkgroup),
    database: required(Variable.glueDatabase),
  }),
);
