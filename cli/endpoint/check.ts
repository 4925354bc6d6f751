import { type Asked, explainAnswer } from '#core/engines/endpoint-answer.ts';
import { probeBody, probePath } from '#core/generators/endpoint-script.ts';
import type { Plan } from '#core/plan/types.ts';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { headersFrom, withoutValues } from './headers.ts';

/**
 * Asks every endpoint of the plan for one short answer of each kind that the load will ask for: what can be known
 * is said before anything starts.
 * @throws CliError with the reason and what to do.
 */
export async function checkEndpoints(cli: Pick<Cli, 'env' | 'askEndpoint'>, { deployments }: Plan): Promise<void> {
  for (const { endpoint: target, model, cells } of deployments) {
    if (target === undefined) continue;
    const { url, headersFrom: names, caCertificates, pinsOutputLength } = target;
    const to = {
      url,
      headers: headersFrom(cli, names, url),
      ...(caCertificates !== undefined && { caCertificates }),
    };
    for (const endpoint of new Set(cells.map((cell) => cell.endpoint))) {
      const asked: Asked = { url, model, endpoint, headersFrom: names };
      const body = probeBody({ model, endpoint, pinsOutputLength });
      const completion = await cli.askEndpoint({ ...to, path: probePath(endpoint), body });
      if (explainAnswer(asked, completion, undefined) === undefined) continue;
      const models = 'network' in completion ? undefined : await cli.askEndpoint({ ...to, path: '/v1/models' });
      const refusal = explainAnswer(asked, completion, models);
      if (refusal === undefined) continue;
      throw new CliError('endpoint-refused', withoutValues(refusal.reason, to.headers), {
        where: url,
        nextStep: refusal.nextStep,
      });
    }
  }
}
