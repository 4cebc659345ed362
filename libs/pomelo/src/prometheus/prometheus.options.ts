import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { Registry } from 'prom-client';

/** How the numbers of this server reach Prometheus. */
export interface PomeloPrometheusOptions {
  /** Where the metrics are registered; by default a registry of their own, see `PomeloMetrics.registry`. */
  readonly registry?: Registry;
  /** What every name begins with. Default `pomelo_`. */
  readonly prefix?: string;
  /** Serves `GET /metrics` on this TCP port, 0 for a free one. By default nothing listens. */
  readonly port?: number;
  /** Where that port listens. Default `127.0.0.1`: the numbers are nobody else's business. */
  readonly host?: string;
  /** Adds what `prom-client` knows of the process: memory, CPU, event loop, descriptors. Default false. */
  readonly defaultMetrics?: boolean;
}

/** The boilerplate of `forRoot` and `forRootAsync`. */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<PomeloPrometheusOptions>({ moduleName: 'PomeloPrometheus' })
    .setClassMethodName('forRoot')
    .build();
