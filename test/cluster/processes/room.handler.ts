import { Inject } from '@nestjs/common';
import { MessageBody } from '@nestjs/websockets';
import {
  ChannelService,
  ConnectedSession,
  Handler,
  ServerRegistry,
  type Channel,
  type Session,
} from 'nestjs-pomelo';
import { setTimeout as delay } from 'node:timers/promises';
import { Ledger, SETTINGS } from './ledger.js';
import type { MemberSettings } from './member-settings.js';
import type { WorkDone } from './work.remote.js';

/** Work that a client asks for. */
export interface WorkBody {
  readonly key: string;
  /** How long it takes, in ms. Default 0. */
  readonly ms?: number;
}

/** What everybody in a room hears. */
export interface Said {
  /** Server and start: who counts. */
  readonly by: string;
  readonly number: number;
}

/** What back ends do for clients. */
@Handler('chat.room')
export class RoomHandler {
  private readonly room: Channel;
  private said = 0;

  constructor(
    @Inject(SETTINGS) private readonly settings: MemberSettings,
    private readonly ledger: Ledger,
    private readonly registry: ServerRegistry,
    channels: ChannelService,
  ) {
    this.room = channels.createChannel('room');
  }

  /** Writes the key down, takes its time, and says what was done and by whom. */
  @Handler() async run(@MessageBody() { key, ms = 0 }: WorkBody): Promise<WorkDone> {
    this.ledger.write(key);
    if (ms > 0) await delay(ms);
    return { key, server: this.settings.id };
  }

  /** The same, and everybody in the room of this server hears it; who says something is in the room. */
  @Handler() async say(
    @ConnectedSession() session: Session,
    @MessageBody() body: WorkBody,
  ): Promise<WorkDone> {
    const { id, inc } = this.registry.self;
    this.said += 1;
    this.room.add(session);
    const said: Said = { by: `${id}.${inc}`, number: this.said };
    void this.room.pushMessage('onSaid', said);
    return this.run(body);
  }
}
