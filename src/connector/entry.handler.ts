import { Body, StandardSchemaValidationPipe, UsePipes } from '@nestjs/common';
import {
  ConnectedSession,
  Handler,
  InjectRemote,
  OnSessionClosed,
  SessionDirectory,
  type RemoteClient,
  type Session,
} from 'nestjs-pomelo';
import { ChatRemote, type Welcome } from '../chat/chat.remote.js';
import { uidOf } from '../chat/user.js';
import { enterSchema, type Enter } from './enter.schema.js';

/** Who is in the room, and which servers serve it; or that the name is taken, in the words of Pomelo's tutorial. */
export type EnterAnswer =
  (Welcome & { readonly connector: string }) | { readonly code: 500; readonly error: true };

@Handler('connector.entryHandler')
@UsePipes(StandardSchemaValidationPipe)
export class EntryHandler {
  constructor(
    private readonly directory: SessionDirectory,
    @InjectRemote(ChatRemote) private readonly chat: RemoteClient<ChatRemote>,
  ) {}

  /** Enters a room under a name that nobody has there. */
  @Handler()
  async enter(
    @Body({ schema: enterSchema }) { username, rid }: Enter,
    @ConnectedSession() session: Session,
  ): Promise<EnterAnswer> {
    const uid = uidOf(username, rid);
    if (await this.directory.isOnline(uid)) return { code: 500, error: true };
    await session.bind(uid);
    try {
      await session.set('rid', rid).push('rid');
      const welcome = await this.chat.for(session).add(uid, session.frontendId);
      return { ...welcome, connector: session.frontendId };
    } catch (error) {
      // Who is not in the room does not keep its name.
      if (session.isConnected) await session.unbind(uid);
      throw error;
    }
  }

  /** Who closes the connection leaves the room. */
  @OnSessionClosed()
  async left(session: Session): Promise<void> {
    if (session.uid !== undefined) await this.chat.for(session).kick(session.uid, session.frontendId);
  }
}
