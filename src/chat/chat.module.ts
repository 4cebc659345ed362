import { Module } from '@nestjs/common';
import { ChatHandler } from './chat.handler.js';
import { ChatRemote } from './chat.remote.js';
import { Rooms } from './rooms.js';

/** Server type `chat`: holds the rooms. */
@Module({ providers: [ChatHandler, ChatRemote, Rooms] })
export class ChatModule {}
