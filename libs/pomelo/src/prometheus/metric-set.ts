import { Counter, Gauge, type Metric, type Registry } from 'prom-client';

/** What a counter holds at one moment, by the values of its labels. */
export type CounterValues<Label extends string> = Iterable<readonly [Record<Label, string>, number]>;

/** The metrics that are ours in a registry, which may have others: they come together and go together. */
export class MetricSet {
  private readonly names: string[] = [];

  constructor(
    readonly registry: Registry,
    private readonly prefix: string,
  ) {}

  /** Registers a gauge that is read whenever it is asked for. */
  gauge(suffix: string, help: string, read: () => number): void {
    const name = this.prefix + suffix;
    const collect = function (this: Gauge): void {
      this.set(read());
    };
    this.add(name, new Gauge({ name, help, registers: [], collect }));
  }

  /** Registers a counter that somebody else counts: it is read whenever it is asked for. */
  reading<Label extends string>(
    suffix: string,
    help: string,
    labelNames: readonly Label[],
    read: () => CounterValues<Label>,
  ): void {
    const name = this.prefix + suffix;
    const collect = function (this: Counter<Label>): void {
      this.reset();
      for (const [labels, value] of read()) this.inc(labels, value);
    };
    this.add(name, new Counter({ name, help, labelNames, registers: [], collect }));
  }

  /** Registers a counter for the caller to increment. */
  counter<Label extends string>(suffix: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    const name = this.prefix + suffix;
    return this.add(name, new Counter({ name, help, labelNames, registers: [] }));
  }

  /** Registers a metric under the name that it has. Throws when the registry has another one of that name. */
  add<Added extends Metric>(name: string, metric: Added): Added {
    this.registry.registerMetric(metric);
    this.names.push(name);
    return metric;
  }

  /** Takes every metric of this set out of the registry. */
  remove(): void {
    for (const name of this.names.splice(0)) this.registry.removeSingleMetric(name);
  }
}
