import { isTrue } from '../objects/conditions.ts';
import { keyOf, type Objects } from '../objects/objects.ts';
import type { Pod } from '../objects/shapes.ts';

const SERVICE_URL = /^http:\/\/([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?(?::\d+)?(?=\/|$)/;
/** The discard port: nothing listens there, so a Service without a ready pod refuses connections, as it would. */
const REFUSED = '127.0.0.1:9';

/** Service URLs to the addresses of ready pods. */
export class Endpoints {
  readonly #objects: Objects;
  readonly #addressOf: (pod: Pod) => string | undefined;

  constructor(objects: Objects, addressOf: (pod: Pod) => string | undefined) {
    this.#objects = objects;
    this.#addressOf = addressOf;
  }

  /** The URL with the Service's address in it; any other text unchanged. */
  localize(text: string): string {
    const match = SERVICE_URL.exec(text);
    if (match === null) return text;
    return `http://${this.#find(match[1]!, match[2]!) ?? REFUSED}${text.slice(match[0].length)}`;
  }

  isServing(url: string): boolean {
    const match = SERVICE_URL.exec(url);
    return match !== null && this.#find(match[1]!, match[2]!) !== undefined;
  }

  #find(name: string, namespace: string): string | undefined {
    const selector = this.#objects.find('Service', keyOf({ namespace, name }))?.spec.selector ?? {};
    if (Object.keys(selector).length === 0) return undefined;
    for (const pod of this.#objects.select('Pod', selector)) {
      if (pod.metadata.namespace !== namespace || !isTrue(pod.status.conditions, 'Ready')) continue;
      const address = this.#addressOf(pod);
      if (address !== undefined) return address;
    }
    return undefined;
  }
}
