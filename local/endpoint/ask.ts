import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { getCACertificates } from 'node:tls';
import type { Answer, NetworkProblem } from '#core/engines/endpoint-answer.ts';

export interface Question {
  /** Of the endpoint, without a slash at its end. */
  url: string;
  path: string;
  /** Posted as JSON; a GET without. */
  body?: object;
  headers: Readonly<Record<string, string>>;
  /** PEM: trusted besides the system's. */
  caCertificates?: string;
}

export type AskEndpoint = (question: Question) => Promise<Answer>;

/** As long as a cold server may take for a few tokens. */
const ANSWER_MS = 60_000;

/** Enough for any list of models; more of an answer is not read. */
const MOST_BYTES = 65_536;

/** One request as the load generator's own will be: straight, through no proxy, and no redirect is followed. */
export const askEndpoint: AskEndpoint = async (question) => {
  try {
    const response = await send(question);
    return {
      status: response.statusCode ?? 0,
      contentType: response.headers['content-type'] ?? '',
      location: response.headers.location ?? '',
      body: await bodyOf(response),
    };
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return { network: networkProblem(code), message };
  }
};

function send({ url, path, body, headers, caCertificates }: Question): Promise<IncomingMessage> {
  const target = new URL(`${url}${path}`);
  const secure = target.protocol === 'https:';
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const options = {
      method: text === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json',
        ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        ...headers,
      },
      agent: false as const,
      signal: AbortSignal.timeout(ANSWER_MS),
    };
    const request = secure
      ? tlsRequest(target, { ...options, ca: trusted(caCertificates) }, resolve)
      : plainRequest(target, options, resolve);
    request.on('error', reject);
    request.end(text);
  });
}

/** Node has a list of its own; the load generator's Python has the system's. */
const trusted = (caCertificates: string | undefined): string[] => [
  ...getCACertificates('default'),
  ...getCACertificates('system'),
  ...(caCertificates === undefined ? [] : [caCertificates]),
];

async function bodyOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk;
    if (text.length > MOST_BYTES) break;
  }
  return text.slice(0, MOST_BYTES);
}

const CODES: Readonly<Record<string, NetworkProblem>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'no-such-host',
  EAI_AGAIN: 'no-such-host',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'closed',
  EPIPE: 'closed',
  ECONNABORTED: 'closed',
  HPE_INVALID_CONSTANT: 'closed',
};

function networkProblem(code: string | number): NetworkProblem {
  const text = String(code);
  if (text in CODES) return CODES[text] as NetworkProblem;
  // A DOMException of an abort has a number.
  if (text === '20' || text === '23') return 'timeout';
  if (/CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)/.test(text)) return 'certificate';
  if (/SSL|TLS|EPROTO/.test(text)) return 'tls';
  return text.startsWith('HPE_') ? 'closed' : 'unreachable';
}
