import type { EndpointType } from '../plan/types.ts';

/** Beside the generator's files, when the endpoint refused the first request: what it said. */
export const PROBE_ARTIFACT = 'endpoint-probe.json';

/** What became of one request: an HTTP answer, or why there was none. */
export type Answer =
  | { status: number; contentType: string; location: string; body: string }
  | { network: NetworkProblem; message: string };

export type NetworkProblem = 'refused' | 'no-such-host' | 'timeout' | 'certificate' | 'tls' | 'closed' | 'unreachable';

export interface Asked {
  url: string;
  model: string;
  endpoint: EndpointType;
  /** Names of the headers that were sent, to the variables that hold their values. */
  headersFrom: Readonly<Record<string, string>>;
}

/** Why nothing can be measured there, and what to do about it. */
export interface Refusal {
  reason: string;
  nextStep: string;
}

const NETWORK: Record<NetworkProblem, (host: string) => Refusal> = {
  refused: (host) => ({
    reason: `${host} refuses the connection: nothing listens there`,
    nextStep: 'Start the server, or correct the port of the URL.',
  }),
  'no-such-host': (host) => ({
    reason: `there is no host ${host}`,
    nextStep: 'Correct the name in the URL; it must be known where the load generator runs.',
  }),
  timeout: (host) => ({
    reason: `${host} gave no answer in time`,
    nextStep: 'Look whether a firewall is in between, or the model is still being loaded.',
  }),
  certificate: (host) => ({
    reason: `the certificate of ${host} is not trusted`,
    nextStep: 'Give the certificate of its authority: --ca-file FILE, or "caCertificates" of the endpoint.',
  }),
  tls: (host) => ({
    reason: `${host} does not speak TLS as it should`,
    nextStep: 'Look whether the URL should begin with http://.',
  }),
  closed: (host) => ({
    reason: `${host} closed the connection without an answer`,
    nextStep: "Look at the server's log, and whether the URL should begin with https://.",
  }),
  unreachable: (host) => ({
    reason: `${host} cannot be reached`,
    nextStep: 'Look whether it can be reached from where the load generator runs.',
  }),
};

/**
 * Judges the answer to one short request of the kind that the load will send; `models` is the answer of
 * /v1/models, for words. Undefined when the load can begin.
 */
export function explainAnswer(asked: Asked, completion: Answer, models: Answer | undefined): Refusal | undefined {
  const host = URL.parse(asked.url)?.host ?? asked.url;
  if ('network' in completion) return NETWORK[completion.network](host);
  const { status } = completion;
  if (status >= 300 && status < 400) return redirected(asked, completion.location);
  if (status === 401 || status === 403) return unauthorized(asked, completion);
  const served = models === undefined ? undefined : servedModels(models);
  if (status === 404 && served !== undefined && !served.includes(asked.model)) return wrongModel(asked, served);
  if (isHtml(completion)) return noApi(host, `${status} with a web page`);
  if (status === 404 || status === 405) {
    const path = asked.endpoint === 'chat' ? '/v1/chat/completions' : '/v1/completions';
    const other = asked.endpoint === 'chat' ? 'completions' : 'chat';
    return {
      reason: `${host} has no ${path} below ${asked.url}${because(completion)}`,
      nextStep: `Correct the path of the URL, or measure the endpoint "${other}" if it has that.`,
    };
  }
  if (status === 429) {
    return {
      reason: `${host} answers one request with 429, too many requests${because(completion)}`,
      nextStep: 'Raise its rate limit for the time of the benchmark, or wait until it is free: it cannot be measured.',
    };
  }
  if (status === 400 || status === 422) return badRequest(asked, completion, served);
  if (status !== 200) {
    return {
      reason: `${host} answers with ${status}${because(completion)}`,
      nextStep: "Look at the server's log.",
    };
  }
  const body = jsonOf(completion) as { choices?: unknown; model?: unknown } | null | undefined;
  if (body === undefined) return noApi(host, 'no JSON');
  if (!Array.isArray(body?.choices)) return noApi(host, 'other JSON');
  // Some servers answer with what they have, whatever is asked for.
  if (served !== undefined && served.length > 0 && !served.some((one) => isModel(asked.model, one))) {
    return wrongModel(asked, served);
  }
  return typeof body.model === 'string' && body.model !== '' && !isModel(asked.model, body.model)
    ? {
        reason: `${host} was asked for ${shown(asked.model)} and answers as ${shown(body.model)}`,
        nextStep: `Write the model that it answers as, or look why it serves another.`,
      }
    : undefined;
}

/** Whether nobody can tell which models an endpoint serves, so that only its word counts that it has the one asked for. */
export const listsNoModels = (models: Answer): boolean => (servedModels(models)?.length ?? 0) === 0;

/**
 * Whether a server means the model that was asked for: the same name, without its owner, or with the version or the
 * tag that an alias stands for (`gpt-4o-2024-08-06`, `llama3:latest`). The load script has the same rule.
 */
function isModel(asked: string, said: string): boolean {
  const [a, b] = [asked.toLowerCase(), said.toLowerCase()];
  if (a === b || a.endsWith(`/${b}`) || b.endsWith(`/${a}`)) return true;
  return b.startsWith(a) && /^[-:@](?:\d|latest$)/.test(b.slice(a.length));
}

/** The models that an endpoint serves, by its answer of /v1/models, or why it cannot say. */
export function explainModels(asked: Pick<Asked, 'url' | 'headersFrom'>, models: Answer): string[] | Refusal {
  const host = URL.parse(asked.url)?.host ?? asked.url;
  if ('network' in models) return NETWORK[models.network](host);
  const { status, location } = models;
  if (status >= 300 && status < 400) return redirected(asked, location);
  if (status === 401 || status === 403) return unauthorized(asked, models);
  const served = servedModels(models);
  if (served !== undefined) return served;
  if (isHtml(models)) return noApi(host, `${status} with a web page`);
  return {
    reason: `${host} does not say which models it serves: /v1/models answers with ${status}${because(models)}`,
    nextStep: 'Say which one: --model NAME, or "model" in the matrix.',
  };
}

/** The names in an answer of /v1/models; undefined when it is none. */
function servedModels(models: Answer): string[] | undefined {
  if ('network' in models || models.status !== 200) return undefined;
  const data = (jsonOf(models) as { data?: unknown } | null | undefined)?.data;
  if (!Array.isArray(data)) return undefined;
  return data.flatMap((one: { id?: unknown } | null) => (typeof one?.id === 'string' ? [one.id] : []));
}

type HttpAnswer = Extract<Answer, { status: number }>;

const redirected = ({ url }: Pick<Asked, 'url'>, location: string): Refusal => ({
  reason: `${url} redirects to ${location === '' ? 'nowhere' : shown(location)}`,
  nextStep: 'Write the URL that it redirects to: a redirect of every request would be measured too.',
});

function unauthorized({ headersFrom }: Pick<Asked, 'headersFrom'>, answer: HttpAnswer): Refusal {
  const [header] = Object.entries(headersFrom);
  return {
    reason: `the endpoint answers with ${answer.status}: ${header === undefined ? 'it wants a key' : 'it does not take the key'}${because(answer)}`,
    nextStep:
      header === undefined
        ? 'Put the header into an environment variable and name it: --header-from Authorization=MY_VARIABLE, or "headersFrom" of the endpoint.'
        : `Look what ${header[1]} holds: it is sent as the whole value of ${header[0]}, "Bearer " included where the server wants it.`,
  };
}

const wrongModel = ({ model, url }: Asked, served: readonly string[]): Refusal => ({
  reason: `${url} does not serve ${shown(model)}; it serves ${served.length === 0 ? 'nothing' : served.slice(0, 5).map(shown).join(', ')}`,
  nextStep: 'Write one of those as the model.',
});

const noApi = (host: string, what: string): Refusal => ({
  reason: `${host} answers with ${what}: that is no OpenAI-compatible server`,
  nextStep: 'Correct the URL: what stands before /v1/completions.',
});

function badRequest(asked: Asked, answer: HttpAnswer, served: readonly string[] | undefined): Refusal {
  if (/ignore_eos|min_tokens/.test(answer.body)) {
    return {
      reason: `the endpoint does not take ignore_eos and min_tokens${because(answer)}`,
      nextStep: 'Let outputs end where the model likes: --no-pin-output, or "pinsOutputLength": false of the endpoint.',
    };
  }
  if (served !== undefined && !served.includes(asked.model)) return wrongModel(asked, served);
  return {
    reason: `the endpoint refuses the request with ${answer.status}${because(answer)}`,
    nextStep: 'Change what it refuses.',
  };
}

const isHtml = ({ contentType, body }: HttpAnswer): boolean =>
  /\bhtml\b/i.test(contentType) || /^\s*<(?:!doctype|html)/i.test(body);

function jsonOf({ body }: HttpAnswer): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The sentence inside an OpenAI error body, or inside FastAPI's. */
function because(answer: HttpAnswer): string {
  const body = jsonOf(answer) as { error?: { message?: unknown } | string; message?: unknown; detail?: unknown } | null;
  const error = body?.error;
  const said = [typeof error === 'object' ? error?.message : error, body?.message, body?.detail].find(
    (text) => typeof text === 'string' && text.trim() !== '',
  );
  return said === undefined ? '' : ` (${shown(String(said))})`;
}

const shown = (text: string): string => {
  const line = text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
};
