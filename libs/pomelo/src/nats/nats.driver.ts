import type { BindingStore, ClusterDriver, ClusterTransport } from '../cluster/cluster-driver.interface.js';
import { AbsenceLog } from './absence-log.js';
import { KvBindings } from './kv-bindings.js';
import type { NatsOptions } from './nats-options.js';
import { NatsTransport } from './nats.transport.js';
import { resolveNatsOptions } from './resolve-nats-options.js';

/**
 * A cluster over NATS, from version 2.9 on; JetStream keeps where users are connected. Throws `OPTION_INVALID` when the
 * options are wrong.
 *
 * @example PomeloModule.forRoot({ server: { id: 'chat-1' }, cluster: nats({ servers: 'nats://127.0.0.1:4222' }) })
 */
export function nats(options: NatsOptions): ClusterDriver {
  const resolved = resolveNatsOptions(options);
  const absence = new AbsenceLog(resolved.servers);
  return {
    name: 'nats',
    createTransport: (): ClusterTransport => new NatsTransport(resolved, absence),
    createBindings: (): BindingStore => new KvBindings(resolved, absence),
  };
}
