import { Module } from '@nestjs/common';
import { PomeloMetrics } from './pomelo-metrics.js';
import { ConfigurableModuleClass } from './prometheus.options.js';

/**
 * Metrics for Prometheus, next to `PomeloModule`: `imports: [PomeloPrometheusModule.forRoot({ port: 9464 })]`. Needs
 * `prom-client`.
 */
@Module({ providers: [PomeloMetrics], exports: [PomeloMetrics] })
export class PomeloPrometheusModule extends ConfigurableModuleClass {}
