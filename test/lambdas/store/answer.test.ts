import { describe, expect, it } from 'vitest';
import { type Answer, readAnswers, writeAnswer } from '#lambdas/store/answer.ts';
import { RUN, World } from '../fakes/world.ts';

const answer = (name: Answer['name'], answeredAt: string): Answer => ({
  schema_version: 1,
  run: RUN,
  name,
  question: 'Which?',
  parameters: [RUN],
  rows: [{ place: 1 }],
  answeredAt,
});

describe('the answers of a run', () => {
  it('are those that are there, in the order of the questions', async () => {
    const world = await World.planned();
    const asked = ['run-cost', 'price-performance'] as const;
    for (const name of asked) await writeAnswer(world.store, answer(name, world.clock.iso));
    expect(await readAnswers(world.store, RUN)).toEqual(
      asked.toReversed().map((name) => answer(name, world.clock.iso)),
    );
  });

  it('of an earlier execution are no answers: they are of other rows', async () => {
    const world = await World.planned();
    await writeAnswer(world.store, answer('price-performance', world.clock.iso));
    world.clock.forward(3600);
    await world.resume();
    expect(await readAnswers(world.store, RUN)).toEqual([]);
    await writeAnswer(world.store, answer('price-performance', world.clock.iso));
    expect(await readAnswers(world.store, RUN)).toHaveLength(1);
  });

  it('are none of a run that was never planned', async () => {
    const { store, clock } = new World();
    await writeAnswer(store, answer('price-performance', clock.iso));
    expect(await readAnswers(store, RUN)).toEqual([]);
  });
});
