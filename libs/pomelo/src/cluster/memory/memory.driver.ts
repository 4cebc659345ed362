import type { ClusterDriver } from '../cluster-driver.interface.js';
import { MemoryBindings, type MemoryUsers } from './memory.bindings.js';
import { MemoryTransport } from './memory.transport.js';

/**
 * A cluster inside one process: every application that gets the same driver object is a server of it.
 *
 * Batches are copied and delivered asynchronously, as by an engine, so that what works here works there.
 */
export function memory(): ClusterDriver {
  const peers = new Set<MemoryTransport>();
  const users: MemoryUsers = new Map();
  return {
    name: 'memory',
    createTransport: () => new MemoryTransport(peers),
    createBindings: () => new MemoryBindings(users),
  };
}
