import { Module } from '@nestjs/common';
import { EntryHandler } from './entry.handler.js';
import { Residents } from './residents.remote.js';

/** Server type `connector`: holds the connections and lets users in. */
@Module({ providers: [EntryHandler, Residents] })
export class ConnectorModule {}
