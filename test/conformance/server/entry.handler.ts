import { Body, Inject } from '@nestjs/common';
import { ConnectedSession, Handler, type HandshakeData, OnHandshake, Session } from 'nestjs-pomelo';
import { Room } from './room.js';

/** Injection token of the route that broadcasts take. */
export const BROADCAST_ROUTE = Symbol('BROADCAST_ROUTE');

/** What a client does first, and the broadcast that the benchmarks measure. */
@Handler('connector.entryHandler')
export class EntryHandler {
  constructor(
    private readonly room: Room,
    @Inject(BROADCAST_ROUTE) private readonly broadcastRoute: string,
  ) {}

  /** A client that says nothing of its user gets nothing back: the shortest handshake stays the shortest. */
  @OnHandshake()
  welcome({ user }: HandshakeData): { echo: unknown } | undefined {
    return user === undefined ? undefined : { echo: user };
  }

  @Handler() echo(@Body() body: unknown): unknown {
    return body;
  }

  @Handler() async join(@ConnectedSession() session: Session): Promise<{ code: number }> {
    await this.room.join(session);
    return { code: 200 };
  }

  @Handler() async bcast(@Body() body: unknown): Promise<void> {
    await this.room.push(this.broadcastRoute, body);
  }
}
