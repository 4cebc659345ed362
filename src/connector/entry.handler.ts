import { Body, StandardSchemaValidationPipe, UsePipes } from '@nestjs/common';
import {
  ConnectedSession,
  Handler,
  InjectRemote,
  OnSessionClosed,
  SessionService,
  type RemoteClient,
  type Session,
} from 'nestjs-pomelo';
import { ChatRemote } from '../chat/chat.remote.js';
import { uidOf } from '../chat/user.js';
import { enterSchema, type Enter } from './enter.schema.js';

/** What `enter` answers: who is in the room, or that the name is taken, in the words of Pomelo's tutorial. */
export type EnterAnswer = { readonly users: string[] } | { readonly code: 500; readonly error: true };

@Handler('connector.entryHandler')
@UsePipes(StandardSchemaValidationPipe)
export class EntryHandler {
  constructor(
    private readonly sessions: SessionService,
    @InjectRemote(ChatRemote) private readonly chat: RemoteClient<ChatRemote>,
  ) {}

  /** Enters a room under a name that nobody has there. */
  @Handler()
  async enter(
    @Body({ schema: enterSchema }) { username, rid }: Enter,
    @ConnectedSession() session: Session,
  ): Promise<EnterAnswer> {
    const uid = uidOf(username, rid);
    if (await this.sessions.isBound(uid)) return { code: 500, error: true };
    await session.bind(uid);
    session.set('rid', rid);
    await session.push('rid');
    return { users: await this.chat.for(session).add(uid, session.frontendId, rid) };
  }

  /** Who closes the connection leaves the room. */
  @OnSessionClosed()
  async left(session: Session): Promise<void> {
    const { uid, frontendId } = session;
    const rid = session.get('rid');
    if (uid !== undefined && rid !== undefined) await this.chat.for(session).kick(uid, frontendId, rid);
  }
}
