import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** One request as the server saw it. Times in ms since the epoch. */
interface ServedRequest {
  prompt: string;
  receivedMs: number;
  firstTokenMs: number;
  endedMs: number;
  tokens: number;
  /** Its body, as it came. */
  body: CompletionBody;
}

interface CompletionBody {
  prompt?: unknown;
  messages?: { content: unknown }[];
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
  max_tokens?: number;
  max_completion_tokens?: number;
  min_tokens?: number;
  ignore_eos?: boolean;
}

export interface OpenAiServer {
  url: string;
  served: ServedRequest[];
  close(): Promise<void>;
}

/** `cut`: the connection ends in the middle of a stream. `html`: a page with 200, as a proxy's log-in. */
type Fault = 'error' | 'hang' | 'cut' | 'html';

interface Behaviour {
  ttftMs?: number;
  itlMs?: number;
  /** Sends a last chunk with `usage` and no choices, though nobody asked for it. */
  usageUnasked?: boolean;
  /** What becomes of the n-th completion (from 0) in the place of an answer. */
  fault?: (n: number) => Fault | undefined;
}

/** The smallest OpenAI-compatible server: known latencies, and a log of its own to compare with. */
export async function startOpenAiServer(behaviour: Behaviour = {}): Promise<OpenAiServer> {
  const { ttftMs = 60, itlMs = 10, usageUnasked = false, fault } = behaviour;
  const served: ServedRequest[] = [];
  let completions = 0;
  let generated = 0;

  async function complete(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const receivedMs = Date.now();
    const body = JSON.parse(await text(request)) as CompletionBody;
    const tokens = body.max_tokens ?? body.max_completion_tokens ?? 16;
    const what = fault?.(completions++);
    if (what === 'hang') return;
    if (what === 'error') {
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: 'out of cheese', type: 'server_error', code: 500 } }));
      return;
    }
    if (what === 'html') {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><title>Log in</title>');
      return;
    }
    const usage = { prompt_tokens: 32, completion_tokens: tokens, total_tokens: 32 + tokens };
    const chat = body.messages !== undefined;
    const head = { id: 'c', object: chat ? 'chat.completion' : 'text_completion' };
    const choice = (content: string, whole = false) => ({
      choices: [
        {
          index: 0,
          ...(chat ? { [whole ? 'message' : 'delta']: { role: 'assistant', content } } : { text: content }),
          finish_reason: null,
        },
      ],
    });
    const log: ServedRequest = {
      prompt: String(body.prompt ?? body.messages?.map(({ content }) => JSON.stringify(content))),
      receivedMs,
      firstTokenMs: 0,
      endedMs: 0,
      tokens,
      body,
    };
    await sleep(ttftMs - (Date.now() - receivedMs));
    log.firstTokenMs = Date.now();
    if (body.stream === true) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const chunk = { ...head, object: chat ? 'chat.completion.chunk' : head.object };
      for (let token = 0; token < tokens; token += 1) {
        // Against the clock, so that a late timer does not add up.
        if (token > 0) await sleep(Math.max(0, log.firstTokenMs + token * itlMs - Date.now()));
        response.write(`data: ${JSON.stringify({ ...chunk, ...choice(' word') })}\n\n`);
        if (what === 'cut' && token >= 3) {
          // What was written so far is to arrive.
          await sleep(20);
          response.destroy();
          return;
        }
      }
      if (usageUnasked || body.stream_options?.include_usage === true) {
        response.write(`data: ${JSON.stringify({ ...chunk, choices: [], usage })}\n\n`);
      }
      response.end('data: [DONE]\n\n');
    } else {
      await sleep((tokens - 1) * itlMs);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ...head, ...choice(' word'.repeat(tokens), true), usage }));
    }
    log.endedMs = Date.now();
    generated += tokens;
    served.push(log);
  }

  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      complete(request, response).catch(() => response.destroy());
    } else if (request.url === '/metrics') {
      response.end(`vllm:generation_tokens_total{engine="0"} ${generated}\nvllm:num_preemptions_total{engine="0"} 0\n`);
    } else {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ object: 'list', data: [{ id: 'tiny', object: 'model' }] }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    served,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function text(request: IncomingMessage): Promise<string> {
  let all = '';
  for await (const chunk of request.setEncoding('utf8')) all += chunk;
  return all;
}
