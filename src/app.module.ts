import { Module } from '@nestjs/common';
import { PomeloModule } from 'nestjs-pomelo';
import { ChatModule } from './chat/chat.module.js';
import { ConnectorModule } from './connector/connector.module.js';
import { demoOptions } from './demo-options.js';
import { GateModule } from './gate/gate.module.js';
import { WebModule } from './web/web.module.js';

/** The chat of Pomelo's tutorial: a module for each server type, all of them in one process unless `SERVER_TYPES` says less. */
@Module({
  imports: [
    PomeloModule.forRootAsync({ useFactory: () => demoOptions(process.env) }),
    GateModule,
    ConnectorModule,
    ChatModule,
    WebModule,
  ],
})
export class AppModule {}
