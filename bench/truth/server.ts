import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the server saw it: ms since the epoch, by a clock that does not jump. */
export interface Served {
  receivedMs: number;
  firstTokenMs: number;
  endedMs: number;
  tokens: number;
}

/** What the parent asks: how to answer from now on, or for what was served since. */
export type Order = { ttftMs: number; itlMs: number } | 'log';

/**
 * An OpenAI-compatible server of known latency in a process of its own, whose log is the truth that the
 * generators are held against. A token is due at a time of the clock, so that a late timer makes no later ones late.
 */
let pace = { ttftMs: 100, itlMs: 10 };
let served: Served[] = [];

const now = (): number => performance.timeOrigin + performance.now();

const at = (timeMs: number, what: () => void): void => void setTimeout(what, Math.max(0, timeMs - now()));

async function complete(receivedMs: number, body: string, response: ServerResponse): Promise<void> {
  const { max_tokens: tokens = 16 } = JSON.parse(body) as { max_tokens?: number };
  const { ttftMs, itlMs } = pace;
  const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
  const word = event({
    id: 'c',
    object: 'text_completion',
    choices: [{ index: 0, text: ' word', finish_reason: null }],
  });
  const usage = { prompt_tokens: 32, completion_tokens: tokens, total_tokens: 32 + tokens };
  let sent = 0;
  let firstTokenMs = 0;
  await new Promise<void>((resolve) => {
    const next = (): void => {
      if (sent === 0) {
        firstTokenMs = now();
        response.writeHead(200, { 'content-type': 'text/event-stream' });
      }
      response.write(word);
      sent += 1;
      if (sent === tokens) resolve();
      else at(firstTokenMs + sent * itlMs, next);
    };
    at(receivedMs + ttftMs, next);
  });
  if (/"include_usage":\s*true/.test(body)) {
    response.write(event({ id: 'c', object: 'text_completion', choices: [], usage }));
  }
  response.end('data: [DONE]\n\n');
  served.push({ receivedMs, firstTokenMs, endedMs: now(), tokens });
}

async function textOf(request: IncomingMessage): Promise<string> {
  let all = '';
  for await (const chunk of request.setEncoding('utf8')) all += chunk;
  return all;
}

const server = createServer((request, response) => {
  const receivedMs = now();
  if (request.method === 'POST') {
    textOf(request)
      .then((body) => complete(receivedMs, body, response))
      .catch(() => response.destroy());
    return;
  }
  response.setHeader('content-type', 'application/json');
  response.statusCode = request.url === '/v1/models' ? 200 : 404;
  response.end(JSON.stringify({ object: 'list', data: [{ id: 'openai/gpt-oss-20b', object: 'model' }] }));
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', (order: Order) => {
  if (order === 'log') process.send?.(served);
  else {
    pace = order;
    served = [];
    process.send?.('ready');
  }
});
process.on('disconnect', () => process.exit(0));
