export { PomeloMetrics } from './pomelo-metrics.js';
export type { PomeloPrometheusOptions } from './prometheus.options.js';
export { PomeloPrometheusModule } from './prometheus.module.js';
