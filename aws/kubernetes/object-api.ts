import {
  createConfiguration,
  HttpMethod,
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  RequestContext,
  type ResponseContext,
  ServerConfiguration,
} from '@kubernetes/client-node';
import type { AnyObject, KubernetesObject, LogQuery, ObjectRef } from '#core/ports/cluster.ts';
import { ApiError, NoAnswerError } from './api-errors.ts';

export interface ClusterAccess {
  /** The API server's URL. */
  server: string;
  /** Base64 of the PEM of the authority that signed its certificate, as EKS gives it. */
  caData: string;
  /** A bearer token that is still good; with the one that the server has just refused, another one. */
  token(refused?: string): Promise<string>;
}

/** Owner of the fields that we apply: one name, because every task may go on with what another one made. */
const FIELD_MANAGER = 'stepbench';

export interface Page {
  items: AnyObject[];
  metadata?: { continue?: string };
}

export interface PageRequest {
  apiVersion: string;
  kind: string;
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  limit: number;
  after?: string | undefined;
}

type Typed = Parameters<KubernetesObjectApi['read']>[0];

/**
 * The client's generic API: it finds the paths of kinds by discovery. Its answers are left as they came over the
 * wire: its models turn times into Dates and drop what they do not know.
 */
export class ObjectApi extends KubernetesObjectApi {
  /** Not the client's `patch`: its models have other names for some fields (`_from`), and send none of those. */
  async apply<T extends KubernetesObject>(object: T): Promise<T> {
    const path = await this.specUriPath(typed({ ...object, ...object.metadata }), 'patch');
    const request = this.configuration.baseServer.makeRequestContext(path, HttpMethod.PATCH);
    request.setHeaderParam('Content-Type', PatchStrategy.ServerSideApply);
    request.setQueryParam('fieldManager', FIELD_MANAGER);
    // What somebody changed by hand in an object of ours is not what was planned.
    request.setQueryParam('force', 'true');
    request.setBody(JSON.stringify(object));
    return (await this.requestPromise(request)) as unknown as T;
  }

  async find(ref: ObjectRef): Promise<AnyObject> {
    return (await this.read(typed(ref))) as unknown as AnyObject;
  }

  /** In the background: dependants go after it. */
  async remove(ref: ObjectRef): Promise<void> {
    await this.delete(typed(ref), undefined, undefined, undefined, undefined, 'Background');
  }

  async page({ apiVersion, kind, namespace, labelSelector, fieldSelector, limit, after }: PageRequest): Promise<Page> {
    const un = undefined;
    const page = await this.list(apiVersion, kind, namespace, un, un, un, fieldSelector, labelSelector, limit, after);
    return page as unknown as Page;
  }

  async log({ namespace, pod, container, tailLines }: LogQuery): Promise<string> {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
    const request = this.configuration.baseServer.makeRequestContext(path, HttpMethod.GET);
    request.setQueryParam('container', container);
    request.setQueryParam('tailLines', String(tailLines));
    return (await this.requestPromise(request)) as unknown as string;
  }

  protected override async processResponse<T>({ httpStatusCode, headers, body }: ResponseContext): Promise<T> {
    const text = await body.text();
    if (httpStatusCode < 200 || httpStatusCode > 299) throw new ApiError(httpStatusCode, text, headers['retry-after']);
    return (headers['content-type']?.includes('json') === true ? JSON.parse(text) : text) as T;
  }
}

const typed = ({ apiVersion, kind, name, namespace }: ObjectRef): Typed => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
});

/** @param requestMs after which an answer is not waited for any more. */
export async function objectApi(
  { server, caData }: ClusterAccess,
  authorize: () => Promise<string>,
  requestMs: number,
): Promise<ObjectApi> {
  const dispatcher = await connections(server, caData);
  return new ObjectApi(
    createConfiguration({
      baseServer: new ServerConfiguration(server, {}),
      promiseMiddleware: [
        {
          pre: async (request) => {
            request.setHeaderParam('Authorization', `Bearer ${await authorize()}`);
            request.setSignal(after(requestMs));
            if (dispatcher !== undefined) request.setDispatcher(dispatcher);
            return request;
          },
          post: async (response) => response,
        },
      ],
    }),
  );
}

/** Not AbortSignal.timeout: the client writes into the message of what a signal throws, and that one's is read-only. */
function after(requestMs: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new NoAnswerError(requestMs)), requestMs).unref();
  return controller.signal;
}

/** The client's own, made once: by itself it makes new ones, and new TLS connections, for every request. */
async function connections(server: string, caData: string) {
  const config = new KubeConfig();
  config.loadFromClusterAndUser({ name: 'cluster', server, caData, skipTLSVerify: false }, { name: 'task' });
  const request = new RequestContext(server, HttpMethod.GET);
  await config.applySecurityAuthentication(request);
  return request.getDispatcher();
}
