import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Answer, type Asked, explainAnswer, explainModels } from '#core/engines/endpoint-answer.ts';

const asked: Asked = { url: 'http://host:8000', model: 'tiny', endpoint: 'completions', headersFrom: {} };
const answer = (status: number, body: unknown, contentType = 'application/json'): Answer => ({
  status,
  contentType,
  location: '',
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const models = answer(200, { data: [{ id: 'tiny' }, { id: 'other' }] });
const error = (message: string) => ({ error: { message } });

describe('an answer to the first request', () => {
  it('lets the load begin when it has choices', () =>
    expect(explainAnswer(asked, answer(200, { choices: [] }), models)).toBeUndefined());

  it.each([
    ['tiny', 'TINY'],
    ['gpt-4o', 'gpt-4o-2024-08-06'],
    ['openai/gpt-oss-20b', 'gpt-oss-20b'],
    ['llama3', 'llama3:latest'],
  ])('takes %s for %s', (model, said) => {
    const list = answer(200, { data: [{ id: said }] });
    expect(explainAnswer({ ...asked, model }, answer(200, { choices: [], model: said }), list)).toBeUndefined();
  });

  it.each([
    ['gpt-4o', 'gpt-4o-mini'],
    ['tiny', 'tinyllama'],
  ])('takes no %s for %s', (model, said) => {
    const list = answer(200, { data: [{ id: said }] });
    expect(explainAnswer({ ...asked, model }, answer(200, { choices: [] }), list)?.reason).toMatch(/does not serve/);
    expect(explainAnswer({ ...asked, model }, answer(200, { choices: [], model: said }), undefined)?.reason).toMatch(
      /answers as/,
    );
  });

  const cases: [string, Partial<Asked>, Answer, RegExp, RegExp][] = [
    ['refused', {}, { network: 'refused', message: '' }, /host:8000 refuses the connection/, /Start the server/],
    ['no host', {}, { network: 'no-such-host', message: '' }, /no host host:8000/, /Correct the name/],
    ['unknown certificate', {}, { network: 'certificate', message: '' }, /not trusted/, /--ca-file/],
    ['401 without a key', {}, answer(401, error('no')), /401: it wants a key \(no\)/, /--header-from/],
    [
      '401 with one',
      { headersFrom: { Authorization: 'KEY' } },
      answer(401, {}),
      /does not take the key/,
      /what KEY holds/,
    ],
    [
      'wrong model',
      { model: 'nope' },
      answer(404, error('x')),
      /does not serve nope; it serves tiny, other/,
      /one of those/,
    ],
    ['wrong path', {}, answer(404, { detail: 'Not Found' }), /no \/v1\/completions below.*\(Not Found\)/, /"chat"/],
    ['HTML', {}, answer(200, '<!DOCTYPE html>', 'text/plain'), /a web page/, /Correct the URL/],
    ['HTML with 404', {}, answer(404, '<html>', 'text/html'), /404 with a web page/, /Correct the URL/],
    ['other JSON', {}, answer(200, { hello: 1 }), /other JSON/, /Correct the URL/],
    ['no JSON', {}, answer(200, 'OK', 'text/plain'), /no JSON/, /Correct the URL/],
    ['429', {}, answer(429, error('slow down')), /429, too many requests \(slow down\)/, /rate limit/],
    ['pins', {}, answer(400, error('Unrecognized argument: ignore_eos')), /ignore_eos/, /--no-pin-output/],
    ['400', {}, answer(400, error('too long')), /400 \(too long\)/, /Change/],
    ['503', {}, answer(503, 'busy'), /503/, /server's log/],
    [
      'redirect',
      {},
      { ...(answer(308, '') as object), location: 'https://x/y' } as Answer,
      /redirects to https:\/\/x\/y/,
      /Write the URL/,
    ],
  ];
  it.each(cases)('is explained: %s', (_, of, completion, reason, nextStep) => {
    const refusal = explainAnswer({ ...asked, ...of }, completion, models);
    expect(refusal?.reason).toMatch(reason);
    expect(refusal?.nextStep).toMatch(nextStep);
  });

  it('is explained in one short line whatever the server says', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 201, max: 599 }),
        fc.string({ unit: 'binary', maxLength: 3000 }),
        (status, message) => {
          const refusal = explainAnswer(asked, answer(status, error(message)), undefined);
          expect(refusal?.reason).toMatch(/^[^\p{Cc}]{5,700}$/u);
        },
      ),
    ));
});

describe('the list of models', () => {
  it('gives their names', () => expect(explainModels(asked, models)).toEqual(['tiny', 'other']));
  it.each([
    ['no list', answer(404, error('Not Found')), /does not say which models/],
    ['a key', answer(401, {}), /wants a key/],
    ['a web page', answer(200, '<html>', 'text/html'), /web page/],
    ['nobody', { network: 'refused', message: '' } as Answer, /refuses/],
  ])('says why it cannot: %s', (_, got, reason) =>
    expect(explainModels(asked, got)).toMatchObject({ reason: expect.stringMatching(reason) }),
  );
});
