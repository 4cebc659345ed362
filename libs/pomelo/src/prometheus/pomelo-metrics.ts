import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Registry } from 'prom-client';
import { PomeloStatistics } from '../statistics/statistics.service.js';
import { EventCounters } from './event-counters.js';
import { MetricSet } from './metric-set.js';
import { MetricsServer } from './metrics-server.js';
import { registerProcess } from './process-metrics.js';
import { MODULE_OPTIONS_TOKEN, type PomeloPrometheusOptions } from './prometheus.options.js';
import { registerSnapshot } from './snapshot-metrics.js';

/** The metrics of this server: where they are, and as long as the application runs, that they are kept. */
@Injectable()
export class PomeloMetrics implements OnModuleInit, OnApplicationShutdown {
  /** Where the metrics are registered: `await registry.metrics()` is what Prometheus reads. */
  readonly registry: Registry;
  private readonly metrics: MetricSet;
  private events: EventCounters | undefined;
  private server: MetricsServer | undefined;
  private listeningPort: number | undefined;

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: PomeloPrometheusOptions,
    private readonly modules: ModuleRef,
  ) {
    this.registry = options.registry ?? new Registry();
    this.metrics = new MetricSet(this.registry, options.prefix ?? 'pomelo_');
  }

  /** Where `/metrics` is served; undefined when it is not. */
  get port(): number | undefined {
    return this.listeningPort;
  }

  /** Before any connector starts, so that nothing goes uncounted. Rejects when the port cannot be had. */
  async onModuleInit(): Promise<void> {
    try {
      await this.start();
    } catch (error) {
      await this.onApplicationShutdown();
      throw error;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.events?.stop();
    this.metrics.remove();
    this.listeningPort = undefined;
    await this.server?.close();
  }

  private async start(): Promise<void> {
    // PomeloModule need not be global.
    const statistics = this.modules.get(PomeloStatistics, { strict: false });
    registerSnapshot(this.metrics, () => statistics.snapshot());
    this.events = new EventCounters(this.metrics, (name) => statistics.isConnector(name));
    if (this.options.defaultMetrics === true) registerProcess(this.metrics);
    await this.listen();
    this.events.start();
  }

  private async listen(): Promise<void> {
    const { port, host = '127.0.0.1' } = this.options;
    if (port === undefined) return;
    this.server = new MetricsServer(this.registry);
    this.listeningPort = await this.server.listen(port, host);
  }
}
