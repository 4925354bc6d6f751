import type { Template } from '../jsonata/template.ts';
import type { NumberField } from '../load/number-field.ts';
import type { FieldReader } from '../load/reader.ts';
import { StateFailure, StatesError } from '../run/failure.ts';
import type { Step } from '../run/step.ts';

const getObject = /^arn:[^:]+:states:::s3:getObject$/;

const failed = (cause: string) => new StateFailure(StatesError.ItemReaderFailed, cause);

/** Reads the items of a Distributed Map from a JSON object in the store. */
export class ItemReader {
  readonly #argumentsTemplate: Template | undefined;
  readonly #maxItems: NumberField | undefined;

  constructor(reader: FieldReader) {
    const resource = reader.string('Resource');
    if (resource === undefined || !getObject.test(resource)) {
      reader.report('Resource', 'only arn:aws:states:::s3:getObject is supported');
    }
    reader.required('Arguments');
    this.#argumentsTemplate = reader.template('Arguments', 'ItemReader/Arguments');
    if (!reader.has('ReaderConfig')) {
      reader.report('ReaderConfig', 'needs "InputType": "JSON"');
      return;
    }
    const config = reader.inner('ReaderConfig');
    config.required('InputType');
    config.choice('InputType', ['JSON']);
    this.#maxItems = config.numberField('MaxItems', { min: 1, max: 100_000_000, integer: true });
    config.refuseOthers();
  }

  /** @throws StateFailure States.ItemReaderFailed */
  async read(step: Step): Promise<unknown[]> {
    const scope = step.scope();
    const { Bucket: bucket, Key: key } = ((await this.#argumentsTemplate?.evaluate(scope)) ?? {}) as Record<
      string,
      unknown
    >;
    if (typeof bucket !== 'string' || typeof key !== 'string') throw failed('Bucket and Key must be text');
    const maxItems = await this.#maxItems?.evaluate(scope);
    const { clock, readItems } = step.branch.execution.services;
    const items = await step.branch.interruptible<unknown>((resolve, reject) => {
      clock
        .busy(async () => readItems({ bucket, key }))
        .then(resolve, (error) => reject(failed(error instanceof Error ? error.message : String(error))));
      return () => {};
    });
    if (!Array.isArray(items)) throw failed('Attempting to map over non-iterable node.');
    return maxItems === undefined ? items : items.slice(0, maxItems);
  }
}
