import type { ClusterDriver, ClusterTransport } from '../cluster-driver.interface.js';
import { MemoryTransport, type MemoryPeers } from './memory.transport.js';

/**
 * A cluster inside one process: every application that gets the same driver object is a server of it.
 *
 * Arguments and results are copied through the same codec as on a network, so that what works here works there.
 */
export function memory(): ClusterDriver {
  const peers: MemoryPeers = new Map();
  return { name: 'memory', createTransport: (): ClusterTransport => new MemoryTransport(peers) };
}
