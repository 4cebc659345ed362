import { Module } from '@nestjs/common';
import { EntryHandler } from './entry.handler.js';

/** Server type `connector`: holds the connections and lets users in. */
@Module({ providers: [EntryHandler] })
export class ConnectorModule {}
