/** The Prometheus text format, version 0.0.4, as far as an engine's metrics need it. */
export type Labels = Record<string, string>;

/** Labels in alphabetical order, as the Python client writes them. */
const labelText = (labels: Labels): string =>
  `{${Object.keys(labels)
    .sort()
    .map((name) => `${name}="${labels[name]!.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`)
    .join(',')}}`;

/** Python prints floats: 2 is 2.0. */
const number = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

export interface Metric {
  render(): string[];
}

const head = (name: string, help: string, type: string): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

/** A counter or gauge with one sample for each set of labels. Its text is cached: a counter moves with every token. */
export class Samples implements Metric {
  private readonly name: string;
  private readonly help: string;
  private readonly type: 'counter' | 'gauge';
  private readonly values = new Map<string, number>();
  private readonly texts = new WeakMap<Labels, string>();

  constructor(type: 'counter' | 'gauge', name: string, help: string, labelSets: Labels[]) {
    this.type = type;
    this.name = name;
    this.help = help;
    for (const labels of labelSets) this.values.set(labelText(labels), 0);
  }

  set(labels: Labels, value: number): void {
    this.values.set(this.textOf(labels), value);
  }

  add(labels: Labels, value: number): void {
    const key = this.textOf(labels);
    this.values.set(key, (this.values.get(key) ?? 0) + value);
  }

  render(): string[] {
    const samples = [...this.values].map(([labels, value]) => `${this.name}${labels} ${number(value)}`);
    return [...head(this.name, this.help, this.type), ...samples];
  }

  private textOf(labels: Labels): string {
    let text = this.texts.get(labels);
    if (text === undefined) {
      text = labelText(labels);
      this.texts.set(labels, text);
    }
    return text;
  }
}

export class Histogram implements Metric {
  private readonly name: string;
  private readonly help: string;
  private readonly labels: Labels;
  private readonly bounds: readonly number[];
  /** Not cumulative; the last one is above every bound. */
  private readonly counts: number[];
  private sum = 0;

  constructor(name: string, help: string, labels: Labels, bounds: readonly number[]) {
    this.name = name;
    this.help = help;
    this.labels = labels;
    this.bounds = bounds;
    this.counts = new Array(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > this.bounds[bucket]!) bucket++;
    this.counts[bucket]!++;
    this.sum += value;
  }

  render(): string[] {
    let cumulative = 0;
    const buckets = this.counts.map((count, bucket) => {
      cumulative += count;
      const bound = this.bounds[bucket];
      const le = bound === undefined ? '+Inf' : number(bound);
      return `${this.name}_bucket${labelText({ ...this.labels, le })} ${number(cumulative)}`;
    });
    const labels = labelText(this.labels);
    return [
      ...head(this.name, this.help, 'histogram'),
      ...buckets,
      `${this.name}_count${labels} ${number(cumulative)}`,
      `${this.name}_sum${labels} ${number(this.sum)}`,
    ];
  }
}
