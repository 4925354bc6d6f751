import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, request as ask, createServer, type RequestOptions } from 'node:https';
import type { TestCluster } from './test-cluster.ts';

/** What becomes of one request. */
export type Fault =
  | { status: number; headers?: Record<string, string>; body?: string }
  /** The connection breaks: before the answer, or in the middle of it. */
  | 'reset'
  | 'reset halfway'
  /** The answer ends well, too early. */
  | 'cut short'
  /** Nothing comes. */
  | 'hang'
  /** None. */
  | 'pass';

export interface FaultProxy {
  url: string;
  /** What becomes of the next requests, in order; those after them are answered by the API server. */
  next: Fault[];
  /** The bearer tokens of all requests, and their paths. */
  seen: { token: string; path: string }[];
  close(): Promise<void>;
}

/** Stands between a client and the real API server, with that server's certificate. */
export async function faultProxy(cluster: TestCluster): Promise<FaultProxy> {
  const [key, cert] = await Promise.all([readFile(cluster.keyFile), readFile(cluster.certificateFile)]);
  const agent = new Agent({ keepAlive: true, ca: cert });
  const next: Fault[] = [];
  const seen: FaultProxy['seen'] = [];
  const server = createServer({ key, cert }, (incoming, outgoing) => {
    const { method, url = '', headers } = incoming;
    seen.push({ token: headers.authorization?.replace('Bearer ', '') ?? '', path: url });
    const fault = next.shift();
    if (typeof fault === 'object') {
      outgoing.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
      outgoing.end(fault.body ?? '');
    } else if (fault === 'reset') incoming.socket.destroy();
    else if (fault !== 'hang') {
      const options: RequestOptions = { agent, headers };
      if (method !== undefined) options.method = method;
      const forwarded = ask(cluster.server + url, options, (answer) => void passOn(answer, outgoing, fault));
      forwarded.on('error', () => incoming.socket.destroy());
      incoming.pipe(forwarded);
    }
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as { port: number }).port}`,
    next,
    seen,
    close: async () => {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function passOn(answer: IncomingMessage, outgoing: ServerResponse, fault: Fault | undefined): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const half = body.subarray(0, Math.floor(body.length / 2));
  const { 'transfer-encoding': _, 'content-length': __, ...headers } = answer.headers;
  const length = fault === 'cut short' ? half.length : body.length;
  outgoing.writeHead(answer.statusCode ?? 500, { ...headers, 'content-length': String(length) });
  if (fault === undefined || fault === 'pass') outgoing.end(body);
  else if (fault === 'cut short') outgoing.end(half);
  else outgoing.write(half, () => outgoing.socket?.destroy());
}
