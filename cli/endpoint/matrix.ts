import { readFile } from 'node:fs/promises';
import { CliError } from '../errors.ts';

/** What `stepbench run --endpoint URL` may say besides. */
export interface EndpointArguments {
  endpoint?: string;
  model?: string;
  /** With commas between the values, as the next two. */
  concurrency?: string;
  isl?: string;
  osl?: string;
  requests?: string;
  chat?: boolean;
  headerFrom?: string[];
  caFile?: string;
  price?: string;
  /** False with `--no-pin-output`. */
  pinOutput?: boolean;
}

/** Nothing is bought for an endpoint; this is for the load generators' nodes, should the run go to AWS. */
const BUDGET_USD = 50;

/** A matrix for one endpoint: small enough to be measured while one waits. */
export async function endpointMatrix(args: EndpointArguments & { endpoint: string }): Promise<unknown> {
  const { endpoint: url, model, requests, headerFrom = [], caFile, price } = args;
  return {
    name: 'endpoint',
    matrix: {
      instanceType: ['endpoint'],
      concurrency: numbers('--concurrency', args.concurrency ?? '1,2,4,8'),
      isl: numbers('--isl', args.isl ?? '128'),
      osl: numbers('--osl', args.osl ?? '64'),
    },
    defaults: { ...(model !== undefined && { model }), ...(args.chat === true && { endpoint: 'chat' }) },
    endpoints: {
      endpoint: {
        url,
        ...(headerFrom.length > 0 && { headersFrom: Object.fromEntries(headerFrom.map(header)) }),
        ...(caFile !== undefined && { caCertificates: await certificates(caFile) }),
        ...(price !== undefined && { priceUsdPerHour: number('--price', price) }),
        ...(args.pinOutput === false && { pinsOutputLength: false }),
      },
    },
    ...(requests !== undefined && { load: { requestCount: number('--requests', requests) } }),
    budgetUsd: BUDGET_USD,
  };
}

/** Of options that mean something for `--endpoint` only, those that were given. */
export const endpointOptions = (args: EndpointArguments): string[] => {
  const { model, concurrency, isl, osl, requests, chat, headerFrom, caFile, price, pinOutput } = args;
  const given = {
    '--model': model,
    '--concurrency': concurrency,
    '--isl': isl,
    '--osl': osl,
    '--requests': requests,
    '--chat': chat,
    '--header-from': headerFrom,
    '--ca-file': caFile,
    '--price': price,
    '--no-pin-output': pinOutput === false ? true : undefined,
  };
  return Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]));
};

function number(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new CliError('bad-usage', 'this is no number', { where: `${option} ${text}`, nextStep: 'Write a number.' });
  }
  return value;
}

const numbers = (option: string, text: string): number[] => text.split(',').map((part) => number(option, part));

/** What stands there is not repeated: people put the key itself there. */
function header(text: string): [string, string] {
  const [name = '', variable = '', ...more] = text.split('=');
  if (name === '' || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable) || more.length > 0) {
    throw new CliError('bad-usage', 'this is no header and the name of an environment variable', {
      where: '--header-from',
      nextStep: 'Put the value into a variable and write its NAME: --header-from Authorization=MY_VARIABLE',
    });
  }
  return [name, variable];
}

async function certificates(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CliError('bad-usage', 'the file cannot be read', {
      where: `--ca-file ${path}`,
      nextStep: 'Name a file of certificates in PEM.',
      cause: error,
    });
  }
}
