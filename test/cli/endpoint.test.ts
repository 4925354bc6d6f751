import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '#core/engines/endpoint-answer.ts';
import type { AskEndpoint, Question } from '#local/endpoint/ask.ts';
import type { LocalRunOptions } from '#local/runtime/contract.ts';
import { fakeCli, fakeResults, stepbench } from './fake-cli.ts';
import { fakeRun } from './fake-run.ts';

const URL = 'http://localhost:8000';

const json = (status: number, body: unknown): Answer => ({
  status,
  contentType: 'application/json',
  location: '',
  body: JSON.stringify(body),
});

/** An endpoint that answers, and a memory of what it was asked. */
function world(answers: Partial<Record<string, Answer>> = {}, env: Record<string, string> = {}) {
  const asked: Question[] = [];
  const seen: LocalRunOptions[] = [];
  const askEndpoint: AskEndpoint = async (question) => {
    asked.push(question);
    return (
      answers[question.path] ??
      (question.path === '/v1/models' ? json(200, { data: [{ id: 'served/model' }] }) : json(200, { choices: [] }))
    );
  };
  const cli = fakeCli({ askEndpoint, env, startLocalRun: fakeRun({}, seen), openResults: async () => fakeResults() });
  return { cli, asked, seen };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepbench-endpoint-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('stepbench run --endpoint', () => {
  it('makes a matrix, and asks the endpoint for its model', async () => {
    const { cli, asked, seen } = world();
    expect(await stepbench(cli, 'run', '--endpoint', URL, '--concurrency', '1,3', '--osl', '8', '--price', '1.5')).toBe(
      0,
    );
    expect(seen[0]?.matrix).toMatchObject({
      matrix: { instanceType: ['endpoint'], concurrency: [1, 3], isl: [128], osl: [8] },
      defaults: { model: 'served/model' },
      endpoints: { endpoint: { url: URL, priceUsdPerHour: 1.5 } },
    });
    expect(asked.map(({ path }) => path)).toEqual(['/v1/models', '/v1/completions', '/v1/models']);
    expect(asked[1]?.body).toMatchObject({ model: 'served/model', ignore_eos: true, min_tokens: 8 });
    expect(cli.stderr.text()).toContain('a real measurement, 44 requests');
    expect(cli.stderr.text()).not.toMatch(/costs in AWS|would cost/);
  });

  it('sends a header out of the environment, and shows no value of it', async () => {
    const { cli, asked, seen } = world({}, { KEY: ' Bearer sk-secret\n' });
    expect(await stepbench(cli, 'run', '--endpoint', URL, '--header-from', 'Authorization=KEY')).toBe(0);
    expect(new Set(asked.map(({ headers }) => JSON.stringify(headers)))).toEqual(
      new Set(['{"Authorization":"Bearer sk-secret"}']),
    );
    expect(cli.stdout.text() + cli.stderr.text() + JSON.stringify(seen)).not.toContain('sk-secret');
    expect(cli.stderr.text().replace(/\s+/g, ' ')).toContain('Authorization from KEY');
  });

  it('asks the chat endpoint, without pins, where that is wanted', async () => {
    const { cli, asked } = world();
    expect(await stepbench(cli, 'run', '--endpoint', URL, '--model', 'served/model', '--chat', '--no-pin-output')).toBe(
      0,
    );
    expect(asked[0]).toMatchObject({ path: '/v1/chat/completions', body: { model: 'served/model' } });
    expect(asked[0]?.body).not.toHaveProperty('ignore_eos');
  });

  const refusals: [string, string[], Partial<Record<string, Answer>>, RegExp][] = [
    ['refused', [], { '/v1/models': { network: 'refused', message: '' } }, /refuses the connection/],
    ['401', [], { '/v1/models': json(401, {}) }, /wants a key/],
    ['401 at the completion', [], { '/v1/completions': json(401, {}) }, /wants a key/],
    [
      'HTML',
      [],
      { '/v1/completions': { status: 200, contentType: 'text/html', location: '', body: '<html>' } },
      /web page/,
    ],
    [
      'wrong model',
      ['--model', 'nope'],
      { '/v1/completions': json(404, {}) },
      /does not serve nope; it serves served\/model/,
    ],
    ['another model, answered nevertheless', ['--model', 'nope'], {}, /does not serve nope; it serves served\/model/],
    [
      'an answer as another model',
      [],
      { '/v1/completions': json(200, { choices: [], model: 'cheaper/model' }) },
      /asked for served\/model and answers as cheaper\/model/,
    ],
    ['several models', [], { '/v1/models': json(200, { data: [{ id: 'a' }, { id: 'b' }] }) }, /several models: a, b/],
    ['pins', [], { '/v1/completions': json(400, { error: { message: 'ignore_eos?' } }) }, /--no-pin-output/],
    ['variable that is not set', ['--header-from', 'X-Key=NOT_SET'], {}, /NOT_SET of the environment is not set/],
    ['a value for its name', ['--header-from', 'X-Key=sk-secret-1'], {}, /NAME: --header-from/],
    ['no number', ['--concurrency', '1,many'], {}, /this is no number/],
    ['no certificates', ['--ca-file', '/no/such/file'], {}, /cannot be read/],
    ['a matrix besides', ['matrix.json'], {}, /makes a matrix of its own/],
  ];
  it.each(refusals)('ends with 2 and starts nothing: %s', async (_, more, answers, said) => {
    const { cli, seen } = world(answers);
    expect(await stepbench(cli, 'run', '--endpoint', URL, ...more)).toBe(2);
    expect(cli.stderr.text().replace(/\s+/g, ' ')).toMatch(said);
    expect(cli.stderr.text()).not.toContain('sk-secret');
    expect(seen).toEqual([]);
  });

  it('does not repeat a key that the endpoint repeats', async () => {
    const { cli } = world(
      { '/v1/completions': json(401, { error: { message: 'bad key sk-secret' } }) },
      { KEY: 'Bearer sk-secret' },
    );
    expect(await stepbench(cli, 'run', '--endpoint', URL, '--header-from', 'Authorization=KEY', '--json')).toBe(2);
    expect(cli.stderr.text()).toContain('<redacted>');
    expect(cli.stdout.text() + cli.stderr.text()).not.toContain('sk-secret');
  });

  it('takes the word of an endpoint that lists no models, and says so', async () => {
    const { cli } = world({ '/v1/models': json(404, {}) });
    expect(await stepbench(cli, 'run', '--endpoint', URL, '--model', 'any')).toBe(0);
    expect(cli.stderr.text().replace(/\s+/g, ' ')).toContain(
      'does not list its models: that it serves any is its own word',
    );
  });

  it.each<[string, (key: string) => string]>([
    ['at the end of a long text, which is cut', (key) => `${'x'.repeat(178)} Bearer ${key}`],
    ['in capitals', (key) => key.toUpperCase()],
    ['for a URL', (key) => encodeURIComponent(`Bearer ${key}`)],
    ['in base64', (key) => btoa(key)],
    ['inside of base64', (key) => btoa(`key=${key}&x`)],
    ['escaped', (key) => JSON.stringify(JSON.stringify(key))],
  ])('does not repeat a key in another form: %s', async (_, form) => {
    const key = 'sk-HQSECRET/7"$e+never';
    const { cli } = world(
      { '/v1/completions': json(401, { error: { message: form(key) } }) },
      { KEY: `Bearer ${key}` },
    );
    expect(await stepbench(cli, 'run', '--endpoint', URL, '--header-from', 'Authorization=KEY', '--json')).toBe(2);
    const said = cli.stdout.text() + cli.stderr.text();
    expect(said).toContain('<redacted>');
    for (const piece of [key, encodeURIComponent(key), btoa(key).slice(0, 12), 'HQSECR']) {
      expect(said.toLowerCase()).not.toContain(piece.toLowerCase());
    }
    expect(said).not.toContain(btoa(`key=${key}&x`).slice(8, 24));
  });

  it('refuses a header of two lines, and does not show it', async () => {
    const { cli, asked } = world({}, { KEY: 'Bearer sk-secret\r\nX-Other: 1' });
    expect(await stepbench(cli, 'run', '--endpoint', URL, '--header-from', 'Authorization=KEY')).toBe(2);
    expect(cli.stderr.text().replace(/\s+/g, ' ')).toContain('KEY of the environment has a line break');
    expect(cli.stderr.text()).not.toContain('sk-secret');
    expect(asked).toEqual([]);
  });

  it('has options that a matrix says itself', async () => {
    const { cli } = world();
    expect(await stepbench(cli, 'run', '--model', 'm')).toBe(2);
    expect(cli.stderr.text()).toContain('--model: this goes with --endpoint');
  });
});

describe('a matrix with an endpoint', () => {
  const file = async (defaults: object, axes: object = {}) => {
    const path = join(folder, 'matrix.json');
    await writeFile(
      path,
      JSON.stringify({
        name: 'mine',
        matrix: { instanceType: ['endpoint'], concurrency: [1], ...axes },
        defaults: { isl: 8, osl: 8, ...defaults },
        endpoints: { endpoint: { url: URL } },
        budgetUsd: 20,
      }),
    );
    return path;
  };

  it('may leave its model to the endpoint, and each kind of request is tried', async () => {
    const { cli, asked, seen } = world();
    expect(await stepbench(cli, 'run', await file({}, { endpoint: ['completions', 'chat'] }))).toBe(0);
    expect(seen[0]?.matrix).toMatchObject({ defaults: { model: 'served/model' } });
    expect(asked.map(({ path }) => path)).toEqual([
      '/v1/models',
      '/v1/completions',
      '/v1/models',
      '/v1/chat/completions',
    ]);
  });

  it('is refused before anything starts when its model is not served', async () => {
    const { cli, seen } = world({ '/v1/completions': json(404, {}) });
    expect(await stepbench(cli, 'run', await file({ model: 'other' }))).toBe(2);
    expect(seen).toEqual([]);
  });

  it('is planned without a word to the endpoint', async () => {
    const { cli, asked } = world();
    await stepbench(cli, 'plan', await file({ model: 'other' }));
    expect(asked).toEqual([]);
  });
});
