import { type Answer, type Asked, explainAnswer, listsNoModels } from '#core/engines/endpoint-answer.ts';
import { probeBody, probePath } from '#core/generators/endpoint-script.ts';
import type { Plan } from '#core/plan/types.ts';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { oneLine } from '../terminal/printable.ts';
import { headersFrom, withoutValues } from './headers.ts';

/**
 * Asks every endpoint of the plan for one short answer of each kind that the load will ask for: what can be known
 * is said before anything starts.
 * @throws CliError with the reason and what to do.
 */
export async function checkEndpoints(
  cli: Pick<Cli, 'env' | 'askEndpoint' | 'stderr'>,
  { deployments }: Plan,
): Promise<void> {
  const unlisted = new Set<string>();
  for (const { endpoint: target, model, cells } of deployments) {
    if (target === undefined) continue;
    const { url, headersFrom: names, caCertificates, pinsOutputLength } = target;
    const to = {
      url,
      headers: headersFrom(cli, names, url),
      ...(caCertificates !== undefined && { caCertificates }),
    };
    let models: Answer | undefined;
    for (const endpoint of new Set(cells.map((cell) => cell.endpoint))) {
      const asked: Asked = { url, model, endpoint, headersFrom: names };
      const body = probeBody({ model, endpoint, pinsOutputLength });
      const ask = async (question: { path: string; body?: object }) =>
        withoutValues(await cli.askEndpoint({ ...to, ...question }), to.headers);
      const completion = await ask({ path: probePath(endpoint), body });
      if (!('network' in completion)) models ??= await ask({ path: '/v1/models' });
      const refusal = explainAnswer(asked, completion, models);
      if (refusal === undefined) {
        if (models !== undefined && listsNoModels(models))
          unlisted.add(`${url} does not list its models: that it serves ${oneLine(model)} is its own word.`);
        continue;
      }
      throw new CliError('endpoint-refused', refusal.reason, {
        where: url,
        nextStep: refusal.nextStep,
      });
    }
  }
  for (const line of unlisted) cli.stderr.write(`${line}\n`);
}
