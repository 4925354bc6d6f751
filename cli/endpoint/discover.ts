import { explainModels } from '#core/engines/endpoint-answer.ts';
import { readMatrix } from '#core/matrix/read.ts';
import type { MatrixDeployment } from '#core/matrix/types.ts';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { oneLine } from '../terminal/printable.ts';
import { headersFrom, withoutValues } from './headers.ts';

const STAND_IN = 'unknown';

/**
 * The matrix with the model that its endpoint serves, where it names none: the plan, the rows and a resumed run
 * have a name, not a question. A matrix that has other mistakes is left as it is, for those who tell them.
 * @throws CliError when the endpoint cannot say, or serves several.
 */
export async function withModel(cli: Pick<Cli, 'env' | 'askEndpoint'>, matrix: unknown): Promise<unknown> {
  if (!namesNoModel(matrix)) return matrix;
  const named = { ...matrix, defaults: { ...(matrix.defaults as object | undefined), model: STAND_IN } };
  const read = readMatrix(named);
  if (!read.ok) return matrix;
  const [first, ...others] = read.matrix.deployments;
  if (first?.endpoint === undefined || others.some(({ endpoint }) => endpoint?.url !== first.endpoint?.url)) {
    return matrix;
  }
  return { ...named, defaults: { ...named.defaults, model: await servedModel(cli, first.endpoint) } };
}

function namesNoModel(matrix: unknown): matrix is Record<string, unknown> {
  const { matrix: axes, defaults } = (matrix ?? {}) as { matrix?: Record<string, unknown>; defaults?: object };
  const entries = Array.isArray(axes?.include) ? axes.include : [];
  return [axes, defaults, ...entries].every((one) => !Object.hasOwn((one ?? {}) as object, 'model'));
}

async function servedModel(
  cli: Pick<Cli, 'env' | 'askEndpoint'>,
  { url, headersFrom: names, caCertificates }: NonNullable<MatrixDeployment['endpoint']>,
): Promise<string> {
  const headers = headersFrom(cli, names, url);
  const answer = withoutValues(
    await cli.askEndpoint({
      url,
      path: '/v1/models',
      headers,
      ...(caCertificates !== undefined && { caCertificates }),
    }),
    headers,
  );
  const found = explainModels({ url, headersFrom: names }, answer);
  if (!Array.isArray(found)) {
    throw new CliError('endpoint-refused', found.reason, {
      where: url,
      nextStep: found.nextStep,
    });
  }
  const [only, ...more] = found;
  if (only === undefined || more.length > 0) {
    const names = found.slice(0, 10).map(oneLine).join(', ');
    throw new CliError(
      'endpoint-refused',
      only === undefined ? 'the endpoint serves no model' : `the endpoint serves several models: ${names}`,
      { where: url, nextStep: 'Say which one: --model NAME, or "model" in the matrix.' },
    );
  }
  return only;
}
