import { beforeEach, describe, expect, it } from 'vitest';
import { QUESTIONS, VIEWS } from '#core/results/questions.ts';
import type { QueryProgress } from '#core/workflow/payload.ts';
import { queryPricePerformance } from '#lambdas/query-price-performance/task.ts';
import { readAnswers } from '#lambdas/store/answer.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import { FakeSql } from '../fakes/sql.ts';
import { breaksOnce } from '../fakes/stores.ts';
import { DAY, RUN, World } from '../fakes/world.ts';

const START: QueryProgress = { stage: 0, queryIds: [] };
const queries = loadQueries();
let world: World;
let sql: FakeSql;
beforeEach(async () => {
  world = await World.planned();
  sql = new FakeSql();
});

const call = (query: QueryProgress) =>
  queryPricePerformance({ sql, store: world.store, clock: world.clock }, queries)({ run: RUN, query });
const names = async () => (await readAnswers(world.store, RUN)).map(({ name }) => name);

/** Goes on until the questions are under way. */
async function askedAll(): Promise<QueryProgress> {
  let { query } = await call(START);
  for (const _ of VIEWS) {
    sql.succeed(query.queryIds);
    ({ query } = await call(query));
  }
  return query;
}

describe('the questions of a run', () => {
  it('are asked after the views, which are made one after the other, and answered beside the run', async () => {
    let answer = await call(START);
    for (const [stage, view] of VIEWS.entries()) {
      expect(answer).toMatchObject({ status: 'pending', query: { stage } });
      expect(answer.query.queryIds).toHaveLength(1);
      expect(sql.started.at(-1)?.sql).toMatch(new RegExp(`VIEW\\s+${view}\\b`, 'i'));
      // While it runs nothing else is started.
      expect(await call(answer.query)).toEqual(answer);
      sql.succeed(answer.query.queryIds);
      answer = await call(answer.query);
    }
    expect(answer.query.queryIds).toHaveLength(QUESTIONS.length);
    for (const [index, id] of answer.query.queryIds.entries()) sql.answers.set(id, [{ place: index }]);
    sql.succeed(answer.query.queryIds);
    expect(await call(answer.query)).toEqual({ status: 'done', query: { stage: VIEWS.length + 1, queryIds: [] } });

    const answers = await readAnswers(world.store, RUN);
    expect(answers.map(({ name, rows }) => [name, rows])).toEqual(
      QUESTIONS.map((name, index) => [name, [{ place: index }]]),
    );
    expect(answers[0]).toMatchObject({
      parameters: [RUN, DAY],
      question: queries.questions['price-performance'].question,
    });
  });

  it('are waited for until the last one is answered', async () => {
    const query = await askedAll();
    sql.succeed(query.queryIds.slice(1));
    expect(await call(query)).toEqual({ status: 'pending', query });
    expect(await names()).toEqual([]);
  });

  it('have tokens that the query service takes, each its own', async () => {
    const shortest = 'a';
    await world.expand({ requestedRun: shortest, execution: shortest });
    await queryPricePerformance(
      { sql, store: world.store, clock: world.clock },
      queries,
    )({ run: shortest, query: START });
    await askedAll();
    const tokens = sql.started.map(({ token }) => token);
    expect(new Set(tokens).size).toBe(1 + VIEWS.length + QUESTIONS.length);
    // Athena's ClientRequestToken.
    for (const token of tokens) expect(token.length).toBeGreaterThanOrEqual(32);
    for (const token of tokens) expect(token.length).toBeLessThanOrEqual(128);
  });

  it('are asked anew by the execution that resumes the run, whose rows are others', async () => {
    await askedAll();
    const before = sql.started.length;
    world.clock.forward(600);
    await world.resume();
    await askedAll();
    expect(sql.started).toHaveLength(2 * before);
  });
});

describe('delivered again', () => {
  it('each call starts the same statements and none twice', async () => {
    let query = START;
    for (let stage = 0; stage <= VIEWS.length; stage++) {
      const [one, two] = await Promise.all([call(query), call(query)]);
      expect(two).toEqual(one);
      query = one.query;
      sql.succeed(query.queryIds);
    }
    expect(await call(query)).toEqual(await call(query));
    expect(sql.started).toHaveLength(VIEWS.length + QUESTIONS.length);
    expect(await names()).toEqual([...QUESTIONS]);
  });

  it('it keeps what a store that broke did not', async () => {
    const query = await askedAll();
    sql.succeed(query.queryIds);
    world.store = breaksOnce(world.store, 2);
    await expect(call(query)).rejects.toThrow('the store broke');
    expect((await call(query)).status).toBe('done');
    expect(await names()).toEqual([...QUESTIONS]);
  });
});

describe('a statement that fails', () => {
  it('is named with its reason, and does not take the answers of the others with it', async () => {
    const query = await askedAll();
    sql.ended.set(query.queryIds[1]!, { state: 'FAILED', reason: 'out of memory' });
    expect((await call(query)).status).toBe('pending');
    sql.succeed(query.queryIds.filter((_, index) => index !== 1));
    await expect(call(query)).rejects.toMatchObject({
      name: 'QueryFailed',
      message: expect.stringContaining(`${QUESTIONS[1]}: out of memory`),
      nextStep: expect.stringContaining('stepbench query'),
    });
    expect(await names()).toEqual(QUESTIONS.filter((_, index) => index !== 1));
  });

  it('among the views ends it: nothing is asked of a view that is not there', async () => {
    const { query } = await call(START);
    sql.ended.set(query.queryIds[0]!, { state: 'FAILED', reason: 'denied' });
    await expect(call(query)).rejects.toMatchObject({ name: 'QueryFailed' });
    expect(sql.started).toHaveLength(1);
  });
});
