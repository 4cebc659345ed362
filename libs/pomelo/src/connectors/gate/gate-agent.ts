import { FrontendSession } from '../../sessions/frontend-session.js';
import type { Session } from '../../sessions/session.js';
import type { GateAgent } from './gate-agent.interface.js';
import { GateClient } from './gate-client.js';

/** The connection of a session; `undefined` when it is none of a gate, or of another server. */
export function gateAgentOf({ home }: Session): GateAgent | undefined {
  return home instanceof FrontendSession && home.client instanceof GateClient ? home.client : undefined;
}
