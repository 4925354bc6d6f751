import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What a completion meets: `cut` ends in the middle of a stream, `silent` closes without a word, `slow` answers
 * well and late.
 */
export type Misbehaviour =
  | 'ok'
  | 'unauthorized'
  | 'html'
  | 'wrong-model'
  | '429'
  | '500'
  | 'cut'
  | 'silent'
  | 'redirect'
  | 'no-pins'
  | 'no-usage';

interface Options {
  /** For the n-th completion, from 0. */
  does?: (n: number) => Misbehaviour;
  /** Wanted as the whole value of Authorization. */
  key?: string;
  /** Before /v1. */
  prefix?: string;
  models?: string[];
  tls?: boolean;
  itlMs?: number;
  /** A connection is over after so long without a request; one that comes until the end is seen is lost. */
  keepAliveMs?: number;
}

export interface MisbehavingServer {
  url: string;
  /** Of every request that came, in order. */
  requests: { path: string; headers: IncomingMessage['headers']; body: Record<string, unknown> | undefined }[];
  close(): Promise<void>;
}

/** Longer than a client that has the next request at hand takes to send it. */
const SEEN_AFTER_MS = 300;

const tlsFile = (name: string) => readFileSync(new URL(`../../fixtures/tls/${name}`, import.meta.url));

/** An OpenAI-compatible server that does what it is told to do wrong, and repeats keys as some do. */
export async function startMisbehavingServer(options: Options = {}): Promise<MisbehavingServer> {
  const {
    does = () => 'ok' as const,
    key,
    prefix = '',
    models = ['tiny'],
    tls = false,
    itlMs = 5,
    keepAliveMs,
  } = options;
  const requests: MisbehavingServer['requests'] = [];
  let completions = 0;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request);
    const path = request.url ?? '';
    const body = text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>);
    requests.push({ path, headers: request.headers, body });
    const json = (status: number, value: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    const refuse = (status: number, message: string) => json(status, { error: { message, type: 'test' } });
    if (key !== undefined && request.headers.authorization !== key) {
      return refuse(401, `Incorrect API key provided: ${request.headers.authorization}`);
    }
    if (path === `${prefix}/v1/models`) return json(200, { object: 'list', data: models.map((id) => ({ id })) });
    if (request.method !== 'POST' || !path.startsWith(`${prefix}/v1/`)) return refuse(404, 'Not Found');
    const what = does(completions++);
    switch (what) {
      case 'unauthorized':
        return refuse(401, 'no such key');
      case 'html':
        response.writeHead(200, { 'content-type': 'text/html' });
        response.end('<!doctype html><title>Welcome</title>');
        return;
      case 'wrong-model':
        return refuse(404, `The model ${body?.model} does not exist.`);
      case '429':
        return refuse(429, `Rate limit reached for ${request.headers.authorization}`);
      case '500':
        return refuse(500, `out of cheese for ${request.headers.authorization}`);
      case 'redirect':
        response.writeHead(308, { location: 'https://elsewhere.example/v1/completions' });
        response.end();
        return;
      case 'silent':
        response.destroy();
        return;
      case 'no-pins':
        if (body?.ignore_eos !== undefined) return refuse(400, 'Unrecognized request argument supplied: ignore_eos');
        break;
      default:
    }
    return complete(response, body ?? {}, what);
  }

  async function complete(response: ServerResponse, body: Record<string, unknown>, what: Misbehaviour): Promise<void> {
    const tokens = Number(body.max_tokens ?? body.max_completion_tokens ?? 8);
    const usage = { prompt_tokens: 16, completion_tokens: tokens, total_tokens: 16 + tokens };
    const chunk = (text: string) => ({
      id: 'c',
      object: 'text_completion',
      choices: [{ index: 0, text, finish_reason: null }],
    });
    if (body.stream !== true) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ...chunk(' word'.repeat(tokens)), usage }));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let token = 0; token < tokens; token += 1) {
      if (what === 'cut' && token === Math.floor(tokens / 2)) {
        response.destroy();
        return;
      }
      response.write(`data: ${JSON.stringify(chunk(' word'))}\n\n`);
      await sleep(itlMs);
    }
    if (what !== 'no-usage')
      response.write(`data: ${JSON.stringify({ id: 'c', object: 'text_completion', choices: [], usage })}\n\n`);
    response.end('data: [DONE]\n\n');
  }

  const overAtMs = new WeakMap<Socket, number>();
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    if (Date.now() >= (overAtMs.get(socket) ?? Number.POSITIVE_INFINITY)) {
      socket.destroy();
      return;
    }
    overAtMs.delete(socket);
    response.on('finish', () => {
      if (keepAliveMs === undefined) return;
      overAtMs.set(socket, Date.now() + keepAliveMs);
      setTimeout(() => overAtMs.has(socket) && socket.destroy(), keepAliveMs + SEEN_AFTER_MS).unref();
    });
    handle(request, response).catch(() => response.destroy());
  };
  const server: Server = tls
    ? createTlsServer({ key: tlsFile('server-key.pem'), cert: tlsFile('server.pem') }, listener)
    : createServer(listener);
  // Otherwise Node closes idle connections by itself.
  if (keepAliveMs !== undefined) server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}${prefix}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let all = '';
  for await (const chunk of request.setEncoding('utf8')) all += chunk;
  return all;
}
