import { collectDefaultMetrics, Registry } from 'prom-client';
import type { MetricSet } from './metric-set.js';

let processRegistry: Registry | undefined;

/** Adds what `prom-client` knows of the process. It watches until the process ends, so one watch serves every application. */
export function registerProcess(metrics: MetricSet): void {
  if (processRegistry === undefined) {
    processRegistry = new Registry();
    collectDefaultMetrics({ register: processRegistry });
  }
  for (const { name } of processRegistry.getMetricsAsArray()) {
    const metric = processRegistry.getSingleMetric(name);
    if (metric !== undefined) metrics.add(name, metric);
  }
}
