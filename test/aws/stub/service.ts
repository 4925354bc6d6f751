import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StubRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface StubAnswer {
  status?: number;
  headers?: Record<string, string>;
  body: string;
}

export interface Stub {
  url: string;
  requests: StubRequest[];
  close(): Promise<void>;
}

/** What a service refuses before it looks at what is asked. */
export class StubError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

interface StubOptions {
  /** Name in the credential scope of the signature. */
  signingName: string;
  region?: string;
  answer: (request: StubRequest) => StubAnswer | Promise<StubAnswer>;
  /** In the protocol of the service. */
  refuse: (error: StubError) => StubAnswer;
}

/**
 * One service of AWS in its own wire format, on the loopback interface. It checks that every request is signed for
 * this service and region, and covers the host and the body; the signature itself it cannot check.
 */
export async function startStub({ signingName, region = 'us-east-1', answer, refuse }: StubOptions): Promise<Stub> {
  const requests: StubRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const url = new URL(incoming.url ?? '/', 'http://stub');
    let body = '';
    for await (const chunk of incoming.setEncoding('utf8')) body += chunk;
    const request: StubRequest = {
      method: incoming.method ?? '',
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      headers: incoming.headers,
      body,
    };
    requests.push(request);
    let answered: StubAnswer;
    try {
      checkSignature(request, signingName, region);
      answered = await answer(request);
    } catch (error) {
      // What the stub itself cannot do is said aloud, and not taken for a fault that is tried again.
      answered = refuse(error instanceof StubError ? error : new StubError('StubFailed', String(error)));
    }
    response.writeHead(answered.status ?? 200, { 'x-amzn-requestid': `stub-${requests.length}`, ...answered.headers });
    response.end(answered.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function checkSignature({ headers }: StubRequest, signingName: string, region: string): void {
  const { authorization = '' } = headers;
  const [, scope = '', signed = ''] =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/(\S+), SignedHeaders=(\S+), Signature=[0-9a-f]{64}$/.exec(authorization) ?? [];
  const [day = '', ...place] = scope.split('/');
  const covers = signed.split(';');
  if (!/^\d{8}$/.test(day) || place.join('/') !== `${region}/${signingName}/aws4_request`) {
    throw new StubError('InvalidSignatureException', `Not signed for ${signingName} in ${region}: ${scope}`, 403);
  }
  if (!covers.includes('host') || !covers.includes('x-amz-date')) {
    throw new StubError('InvalidSignatureException', `Headers not signed: ${signed}`, 403);
  }
}
