import { Module } from '@nestjs/common';
import { ChatHandler } from './chat.handler.js';
import { ChatRemote } from './chat.remote.js';

/** Server type `chat`: holds the rooms. */
@Module({ providers: [ChatHandler, ChatRemote] })
export class ChatModule {}
