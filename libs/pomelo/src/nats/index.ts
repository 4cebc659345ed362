export { nats } from './nats.driver.js';
export type { NatsOptions, NatsBucketOptions } from './nats-options.js';
