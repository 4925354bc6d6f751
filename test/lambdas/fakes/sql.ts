import type { Sql, SqlQuery, SqlRow, SqlStatus } from '#core/ports/sql.ts';

/** A query service that starts a token once, and whose statements end when they are told to. */
export class FakeSql implements Sql {
  readonly started: SqlQuery[] = [];
  /** By token; RUNNING when left out. */
  readonly ended = new Map<string, SqlStatus>();
  readonly answers = new Map<string, SqlRow[]>();

  async start(query: SqlQuery): Promise<string> {
    const before = this.started.find(({ token }) => token === query.token);
    if (before === undefined) this.started.push(query);
    else if (JSON.stringify(before) !== JSON.stringify(query)) throw new Error(`another statement had ${query.token}`);
    return query.token;
  }

  async status(id: string): Promise<SqlStatus> {
    return this.ended.get(id) ?? { state: 'RUNNING' };
  }

  async *rows(id: string): AsyncIterable<SqlRow> {
    yield* this.answers.get(id) ?? [];
  }

  succeed(ids: readonly string[]): void {
    for (const id of ids) this.ended.set(id, { state: 'SUCCEEDED', scannedBytes: 0 });
  }
}
