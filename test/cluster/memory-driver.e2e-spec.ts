import { memory } from 'nestjs-pomelo';
import { bindingsContract, type ContractEngine } from './contract/bindings-contract.js';
import { transportContract } from './contract/transport-contract.js';

/** Applications of one process share the driver object itself. */
function makeEngine(): ContractEngine {
  const driver = memory();
  return { driver: () => driver, close: async () => {} };
}

transportContract('memory()', makeEngine);
bindingsContract('memory()', makeEngine);
