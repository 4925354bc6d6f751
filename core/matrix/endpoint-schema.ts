import * as z from 'zod/mini';

/** What stands in the place of an instance type: told from one by its first word, so that a typo of one is still seen. */
const ENDPOINT_LABEL = /^endpoint(?:-[a-z0-9]+)*$/;

export const endpointLabel = z.string().check(z.regex(ENDPOINT_LABEL), z.maxLength(40));

export const isEndpointLabel = (instanceType: string | undefined): boolean => ENDPOINT_LABEL.test(instanceType ?? '');

/** No user, no password, no query: what is secret comes by `headersFrom`, and a path goes behind the last part. */
const URL_FORM = /^https?:\/\/[^\s/?#@]+(?:\/[^\s?#@]*)?$/;
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const TOKENIZER = /^[A-Za-z0-9/][A-Za-z0-9._/-]*$/;

const described = <T extends z.ZodMiniType>(schema: T, description: string): T =>
  schema.check(z.describe(description)) as T;

const text = (pattern: RegExp, longest: number) => z.string().check(z.regex(pattern), z.maxLength(longest));

const ENDPOINT = z.strictObject({
  url: described(
    text(URL_FORM, 2000),
    'Where the OpenAI-compatible server answers; a path prefix belongs to it, /v1 may be left out.',
  ),
  headersFrom: z._default(
    described(
      z.record(text(HEADER_NAME, 100), text(VARIABLE_NAME, 100)),
      'Headers of every request: name of the header, and NAME of the environment variable that holds its value.',
    ),
    {},
  ),
  caCertificates: z.optional(
    described(
      text(/^\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s-]+-----END CERTIFICATE-----\s*$/, 200_000),
      'Certificates in PEM that are trusted besides those of the system.',
    ),
  ),
  priceUsdPerHour: z.optional(
    described(
      z.number().check(z.positive(), z.lte(100_000)),
      'What the server costs in an hour: without it, nothing is said in dollars.',
    ),
  ),
  gpuName: z.optional(described(text(/^[A-Za-z0-9][A-Za-z0-9 ._-]*$/, 60), 'GPU model behind it, as A10G.')),
  gpuCount: z.optional(described(z.int().check(z.gte(1), z.lte(10_000)), 'GPUs behind it.')),
  gpuMetricsUrl: z.optional(
    described(
      text(URL_FORM, 2000),
      'Where a DCGM exporter beside it answers, as http://host:9400/metrics: GPU utilisation, power and memory of each cell.',
    ),
  ),
  pinsOutputLength: z._default(
    described(
      z.boolean(),
      'Whether the server takes ignore_eos and min_tokens; without them outputs end where the model likes.',
    ),
    true,
  ),
  tokenCounts: z._default(
    described(
      z.enum(['server', 'tokenizer']),
      'Whose token counts are believed: the server’s own usage, or a tokenizer where it reports none.',
    ),
    'server',
  ),
  tokenizer: z.optional(
    described(
      text(TOKENIZER, 512),
      'Tokenizer of the load generator: `builtin`, a name on the Hugging Face hub, or a folder.',
    ),
  ),
});

/** Servers that run already, by the label that the matrix names them with. */
export const ENDPOINTS = described(
  z.record(endpointLabel, ENDPOINT),
  'Servers that run already, by a label such as `endpoint` that stands in the place of an instance type.',
);

export type EndpointDocument = z.infer<typeof ENDPOINT>;
