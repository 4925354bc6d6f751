import { ApiError } from './api-errors.ts';
import { type ClusterAccess, type ObjectApi, objectApi } from './object-api.ts';
import { type Patience, patiently } from './patience.ts';

export type Ask = <T>(work: (api: ObjectApi) => Promise<T>) => Promise<T>;

/** Asks the API server, with a token that it takes: one that it refuses is renewed once. */
export function asking(access: ClusterAccess, patience: Patience): Ask {
  let refused: string | undefined;
  let last: string | undefined;
  const authorize = async () => {
    last = await access.token(refused);
    return last;
  };
  let connecting: Promise<ObjectApi> | undefined;
  const connect = () => {
    connecting ??= objectApi(access, authorize, patience.requestMs);
    return connecting;
  };
  const renewing = async <T>(work: (api: ObjectApi) => Promise<T>): Promise<T> => {
    const api = await connect();
    try {
      return await work(api);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 401) throw error;
      refused = last;
      return await work(api);
    } finally {
      refused = undefined;
    }
  };
  return (work) => patiently(patience, () => renewing(work));
}
