import { announcementContract } from './announcement-contract.js';
import { batchContract } from './batch-contract.js';
import type { MakeEngine } from './contract-engine.js';
import { deliveryContract } from './delivery-contract.js';
import { leavingContract } from './leaving-contract.js';

export type { ContractEngine, MakeEngine } from './contract-engine.js';

/** What every `ClusterTransport` promises to the layer above it, with an engine of its own for each test. */
export function transportContract(name: string, makeEngine: MakeEngine): void {
  describe(`the transport of ${name}`, () => {
    batchContract(makeEngine);
    deliveryContract(makeEngine);
    announcementContract(makeEngine);
    leavingContract(makeEngine);
  });
}
