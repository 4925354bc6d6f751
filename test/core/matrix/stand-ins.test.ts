import { describe, expect, it } from 'vitest';
import { shown, told, valid } from './every-mistake/world.ts';
import { problems, smallest, withTop } from './fixtures.ts';

const asked = (defaults: object) => shown(problems(withTop({ defaults: { ...smallest().defaults, ...defaults } })));
/** A model with a context of 40,960 tokens. */
const model = 'Qwen/Qwen3-8B';

describe('of a value that is wrong, what hangs on it is not judged', () => {
  it.each([
    ['the form of a model’s name', { model: 5 }, 'wrong-type defaults.model'],
    [
      'the context, where arguments may stretch it',
      { model, isl: 50_000, engineArguments: '--rope-scaling={}' },
      'wrong-type defaults.engineArguments',
    ],
    [
      'the context, where nobody knows how long an answer is',
      { model, isl: 40_960, osl: 0 },
      'out-of-range defaults.osl',
    ],
    [
      'the context, where nobody knows how long a prompt is',
      { model, isl: 0, osl: 40_960 },
      'out-of-range defaults.isl',
    ],
  ])('%s', (_, defaults, only) => expect(asked(defaults)).toEqual([only]));

  it('but what the engine is told to hold is, whatever the model', () =>
    expect(asked({ model: 5, isl: 9000, engineArguments: ['--max-model-len=8192'] })).toEqual([
      'context-too-short defaults.isl',
      'wrong-type defaults.model',
    ]));
});

it('requests that no engine takes are not held against the budget', () => {
  const world = valid();
  world.document.defaults = { model, isl: 41_000, osl: 1 };
  world.document.matrix = { instanceType: ['g5.8xlarge'], concurrency: [2] };
  world.document.budgetUsd = 0.01;
  expect(shown(told(world))).toEqual(['context-too-short defaults.isl']);
});

it('the label of a server that has no form of one is a mistake once, also where every object has that name', () =>
  expect(shown(problems(withTop({ endpoints: { constructor: { url: 'http://x' } } })))).toEqual([
    'bad-format endpoints.constructor',
  ]));
