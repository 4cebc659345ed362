import type { MakeEngine } from '../contract/contract-engine.js';
import { callsBehaviour } from './calls.behaviour.js';
import { clientBehaviour } from './client.behaviour.js';
import { directoryBehaviour } from './directory.behaviour.js';
import { forwardingBehaviour } from './forwarding.behaviour.js';
import { sessionBehaviour } from './session.behaviour.js';

/** What an application sees of a cluster, the same on every engine. */
export function clusterBehaviour(name: string, makeEngine: MakeEngine): void {
  describe(`a cluster over ${name}`, () => {
    callsBehaviour(makeEngine);
    forwardingBehaviour(makeEngine);
    sessionBehaviour(makeEngine);
    directoryBehaviour(makeEngine);
    clientBehaviour(makeEngine);
  });
}
