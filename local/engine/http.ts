import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from './wire/errors.ts';

/** Far above any context window in text; what is larger is a mistake. */
const MAX_BODY_BYTES = 64 * 2 ** 20;

/** Rejects with an ApiError (413) when there is too much. By events: an async iterator costs more than the parsing. */
export function readBody(request: IncomingMessage): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const parts: Buffer[] = [];
  let bytes = 0;
  request.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes > MAX_BODY_BYTES) {
      reject(new ApiError(413, 'BadRequestError', `The body is larger than ${MAX_BODY_BYTES} bytes.`));
      request.removeAllListeners('data').resume();
    } else {
      parts.push(part);
    }
  });
  request.on('end', () => resolve(Buffer.concat(parts).toString('utf8')));
  request.on('error', reject);
  return promise;
}

export function sendText(response: ServerResponse, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

export function sendJson(response: ServerResponse, body: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

export function sendError(response: ServerResponse, error: ApiError): void {
  if (response.headersSent) response.destroy();
  else sendJson(response, error.toBody(), error.status);
}
