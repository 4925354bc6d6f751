import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Fault {
  /** What becomes of a request: refused with an answer, or broken below it. */
  kind: 'answer' | 'reset' | 'reset-after' | 'truncated' | 'hang';
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

export interface FaultProxy {
  url: string;
  /** For the next requests, one after the other; behind them all goes through. */
  faults: Fault[];
  /** Requests that came, broken ones included. */
  count(): number;
  close(): Promise<void>;
}

/** Between the SDK and a server: breaks what goes through it as networks and services do. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const faults: Fault[] = [];
  let count = 0;
  const server = createServer((incoming, response) => {
    count += 1;
    const fault = faults.shift();
    handle(target, incoming, response, fault);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    count: () => count,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function handle(target: string, incoming: IncomingMessage, response: ServerResponse, fault: Fault | undefined): void {
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'reset') {
    incoming.socket.resetAndDestroy();
    return;
  }
  if (fault?.kind === 'answer') {
    incoming.resume().on('end', () => {
      response.writeHead(fault.status ?? 500, fault.headers).end(fault.body ?? '');
    });
    return;
  }
  const { hostname, port } = new URL(target);
  const { method, url, headers } = incoming;
  const onwards = forward({ hostname, port, method, path: url, headers }, (answer) => {
    // The service has done what it was asked to; nobody hears of it.
    if (fault?.kind === 'reset-after') {
      answer.resume().on('end', () => incoming.socket.resetAndDestroy());
      return;
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    if (fault?.kind === 'truncated') {
      answer.once('data', (chunk: Buffer) => {
        response.write(chunk.subarray(0, Math.floor(chunk.length / 2)), () => incoming.socket.resetAndDestroy());
      });
      return;
    }
    answer.pipe(response);
  });
  onwards.on('error', () => incoming.socket.destroy());
  incoming.pipe(onwards);
}
