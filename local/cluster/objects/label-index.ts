import type { Stored } from './shapes.ts';

/** Objects of one kind by their labels: what is selected is found without a look at all the others. */
export class LabelIndex {
  readonly #byLabel = new Map<string, Map<string, Stored>>();

  put(key: string, object: Stored, before: Stored | undefined): void {
    const labels = object.metadata.labels ?? {};
    for (const [label, value] of Object.entries(before?.metadata.labels ?? {})) {
      if (labels[label] !== value) this.#drop(labelled(label, value), key);
    }
    for (const [label, value] of Object.entries(labels)) {
      const name = labelled(label, value);
      const found = this.#byLabel.get(name);
      if (found === undefined) this.#byLabel.set(name, new Map([[key, object]]));
      else found.set(key, object);
    }
  }

  remove(key: string, { metadata }: Stored): void {
    for (const [label, value] of Object.entries(metadata.labels ?? {})) this.#drop(labelled(label, value), key);
  }

  /** Those that have all of these labels, and at least one is asked for; oldest first. */
  select(labels: Readonly<Record<string, string>>): Stored[] {
    let rarest: ReadonlyMap<string, Stored> | undefined;
    for (const [label, value] of Object.entries(labels)) {
      const found = this.#byLabel.get(labelled(label, value));
      if (found === undefined) return [];
      if (rarest === undefined || found.size < rarest.size) rarest = found;
    }
    const wanted = Object.entries(labels);
    return [...(rarest?.values() ?? [])]
      .filter(({ metadata }) => wanted.every(([label, value]) => metadata.labels?.[label] === value))
      .sort(byAge);
  }

  #drop(name: string, key: string): void {
    const found = this.#byLabel.get(name);
    found?.delete(key);
    if (found?.size === 0) this.#byLabel.delete(name);
  }
}

const labelled = (label: string, value: string): string => `${label}=${value}`;

/** A label may come later than its object; uids are given in order. */
const byAge = (left: Stored, right: Stored): number => (left.metadata.uid! < right.metadata.uid! ? -1 : 1);
