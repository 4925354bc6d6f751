import { HUB_TOKEN } from '../cluster/hugging-face.ts';
import type { ContainerSpec } from '../cluster/manifests/pod-parts.ts';
import type { Cell, Deployment, EndpointTarget } from '../plan/types.ts';
import { NEW_CONNECTIONS } from './aiperf/connections.ts';
import { withHeaders } from './aiperf/with-headers.ts';
import { underEndpointScript } from './endpoint-script.ts';
import { generatorFor } from './generators.ts';
import { underLoadScript } from './load-script.ts';
import { asksHub, tokenizerFor } from './tokenizer.ts';

/** The Secret in the namespace whose keys are the variables that the matrix names in `headersFrom`. */
export const HEADERS_SECRET = 'stepbench-endpoint-headers';

/**
 * The container that puts one cell's load on the deployment's engine, or on the server that runs already.
 * @param staging where an engine's model comes from, and with it its tokenizer.
 * @param gpuMetricsUrl of a DCGM exporter on the engine's node.
 */
export function loadContainer(
  deployment: Deployment,
  cell: Cell,
  staging: 'bucket' | 'hub',
  gpuMetricsUrl?: string,
): ContainerSpec {
  const { model, endpoint, generator: name } = deployment;
  const generator = generatorFor(name);
  const { image, user } = generator;
  const tokenizer = endpoint?.tokenizer ?? tokenizerFor(name, model, endpoint === undefined ? staging : 'hub');
  const hubToken = asksHub(tokenizer) ? HUB_TOKEN : undefined;
  const who = { image, ...(user !== undefined && { user }) };
  const invocation = generator.arguments(cell, {
    model,
    engineUrlVariable: '$(ENGINE_URL)',
    artifactDirVariable: '$(ARTIFACT_DIR)',
    tokenizer,
    ...(endpoint && { tokenCounts: endpoint.tokenCounts, pinsOutputLength: endpoint.pinsOutputLength }),
  });
  if (endpoint === undefined) {
    return {
      ...who,
      ...underLoadScript(invocation, cell.timeoutSeconds, {
        resetsPrefixCache: true,
        ...(gpuMetricsUrl !== undefined && { gpuMetricsUrl }),
      }),
      ...(hubToken && { secretEnv: hubToken }),
    };
  }
  const headers = headerVariables(endpoint);
  const load = underLoadScript(withHeaders(invocation, headers), cell.timeoutSeconds, {
    // Its cache serves others too.
    resetsPrefixCache: false,
    ...(endpoint.gpuMetricsUrl !== undefined && { gpuMetricsUrl: endpoint.gpuMetricsUrl }),
  });
  return {
    ...who,
    ...underEndpointScript(load, {
      headers,
      model,
      endpoint: cell.endpoint,
      streaming: cell.streaming,
      newConnections: NEW_CONNECTIONS,
      pinsOutputLength: endpoint.pinsOutputLength,
      ...(endpoint.caCertificates !== undefined && { caCertificates: endpoint.caCertificates }),
    }),
    secretEnv: {
      ...hubToken,
      ...Object.fromEntries(
        Object.values(endpoint.headersFrom).map((variable) => [
          inContainer(variable),
          { secret: HEADERS_SECRET, key: variable },
        ]),
      ),
    },
  };
}

/** Under a name of its own, so that no variable of the user's can change what a program does: PATH is one too. */
const inContainer = (variable: string): string => `HEADER_FROM_${variable}`;

const headerVariables = ({ headersFrom }: EndpointTarget): Record<string, string> =>
  Object.fromEntries(Object.entries(headersFrom).map(([header, variable]) => [header, inContainer(variable)]));
