import type { BindingStore, ClusterDriver, ClusterTransport } from '../cluster/cluster-driver.interface.js';
import { RedisBindings } from './redis-bindings.js';
import type { RedisDriverOptions } from './redis-options.js';
import { RedisOutage } from './redis-outage.js';
import { RedisTransport } from './redis.transport.js';
import { resolveRedisOptions } from './resolve-redis-options.js';

/**
 * A cluster over Redis: one primary, found by its address or by Sentinel; no Redis Cluster, which
 * cannot say how many servers heard a message. Throws `OPTION_INVALID` when the options are wrong.
 *
 * Redis cannot restrict who speaks as whom: everybody who may publish on `pf.<namespace>.*` is trusted. Nobody else may
 * subscribe there: a listener beside the servers makes Redis count messages as delivered.
 *
 * @example PomeloModule.forRoot({ server: { id: 'chat-1' }, cluster: redis({ url: 'redis://127.0.0.1:6379' }) })
 */
export function redis(options: RedisDriverOptions): ClusterDriver {
  const resolved = resolveRedisOptions(options);
  const outage = new RedisOutage(resolved.servers);
  return {
    name: 'redis',
    createTransport: (): ClusterTransport => new RedisTransport(resolved, outage),
    createBindings: (): BindingStore => new RedisBindings(resolved, outage),
  };
}
