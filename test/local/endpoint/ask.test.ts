import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { askEndpoint } from '#local/endpoint/ask.ts';
import { type MisbehavingServer, startMisbehavingServer } from './misbehaving-server.ts';

let server: MisbehavingServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const caCertificates = readFileSync(new URL('../../fixtures/tls/ca.pem', import.meta.url), 'utf8');
const body = { model: 'tiny', prompt: 'Hello', max_tokens: 4 };

describe('one request to an endpoint', () => {
  it('goes below its prefix, with its headers, and brings the answer', async () => {
    server = await startMisbehavingServer({ prefix: '/team-a', key: 'Bearer k' });
    const answer = await askEndpoint({
      url: server.url,
      path: '/v1/completions',
      body,
      headers: { Authorization: 'Bearer k' },
    });
    expect(answer).toMatchObject({ status: 200, contentType: 'application/json' });
    expect(JSON.parse((answer as { body: string }).body)).toMatchObject({ usage: { completion_tokens: 4 } });
    expect(server.requests[0]).toMatchObject({ path: '/team-a/v1/completions', body });
  });

  it('trusts the certificate that it is given, and no other', async () => {
    server = await startMisbehavingServer({ tls: true });
    const question = { url: server.url, path: '/v1/models', headers: {} };
    expect(await askEndpoint(question)).toMatchObject({ network: 'certificate' });
    expect(await askEndpoint({ ...question, caCertificates })).toMatchObject({ status: 200 });
  });

  it('follows no redirect', async () => {
    server = await startMisbehavingServer({ does: () => 'redirect' });
    expect(await askEndpoint({ url: server.url, path: '/v1/completions', body, headers: {} })).toMatchObject({
      status: 308,
      location: 'https://elsewhere.example/v1/completions',
    });
  });

  it('says what the network said', async () => {
    server = await startMisbehavingServer({ does: () => 'silent' });
    const ask = (url: string) => askEndpoint({ url, path: '/v1/completions', body, headers: {} });
    expect(await ask(server.url)).toMatchObject({ network: 'closed' });
    expect(await ask(server.url.replace('http:', 'https:'))).toMatchObject({ network: 'tls' });
    const { url } = server;
    await server.close();
    server = undefined;
    expect(await ask(url)).toMatchObject({ network: 'refused' });
    expect(await ask('http://stepbench-has-no-such-host.invalid')).toMatchObject({ network: 'no-such-host' });
  });
});
