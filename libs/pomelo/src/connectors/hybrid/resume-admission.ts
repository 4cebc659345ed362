import type { HandshakeRequest, ResumeRequest } from 'nestjs-pomelo-protocol';
import { reportReject } from '../../diagnostics.js';
import { pomeloError } from '../../errors/pomelo.exception.js';
import type { CarriedSession, Carrier, Resumed } from '../resumption.interface.js';
import type { CodecClient } from './codec-client.interface.js';
import type { HybridContext } from './hybrid-context.js';
import { ResumableClient } from './resumable-client.js';

/**
 * Gives a client that can resume its session: the one of its token, or a new one, about which the guards and hooks of the
 * application decide as about every other. Rejects with what is for the client.
 */
export async function admitResumable(
  context: HybridContext,
  client: Carrier & CodecClient & { carry(session: CarriedSession): void },
  request: HandshakeRequest,
  { token, received }: ResumeRequest,
): Promise<Resumed> {
  const { manager } = context;
  const { resumption } = manager;
  if (resumption === undefined) throw pomeloError('HANDSHAKE_REFUSED');
  const { sys, user } = request;
  const { heartbeatSeconds } = context.options;
  if (token !== undefined && received !== undefined) {
    const resumed = await resumption.resume({ token, received, sys, heartbeatSeconds }, client);
    if (resumed !== undefined) return resumed;
    reportReject('handshake', 'not_resumed', client.transport);
  }
  const session = new ResumableClient(context, resumption, client, client.profile);
  // Before anybody decides: whatever ends the connection ends the session then.
  client.carry(session);
  const answer = await manager.addClient(session, { sys, user });
  session.user = answer?.user;
  const reply = session.firstReply({ sys, heartbeatSeconds });
  if (reply === undefined) throw pomeloError('HANDSHAKE_REFUSED');
  return { session, reply };
}
