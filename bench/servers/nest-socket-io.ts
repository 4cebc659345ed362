/** Nest's gateways on socket.io. */
import 'reflect-metadata';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { AcknowledgingGateway } from './nest/acknowledging.gateway.js';
import { startNest } from './nest/start-nest.js';

await startNest(AcknowledgingGateway, (app) => new IoAdapter(app));
