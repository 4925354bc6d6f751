import type { EndpointArguments } from '../endpoint/matrix.ts';

export interface RunArguments extends EndpointArguments {
  matrix?: string;
  run?: string;
  resume?: string;
  store?: string;
  /** In AWS, on this stack. */
  stack?: string;
  region?: string;
  yes?: boolean;
  detach?: boolean;
  json?: boolean;
}
