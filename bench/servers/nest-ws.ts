/** Nest's gateways on `ws`. */
import 'reflect-metadata';
import { WsAdapter } from '@nestjs/platform-ws';
import { startNest } from './nest/start-nest.js';
import { PlainGateway } from './nest/plain.gateway.js';

await startNest(PlainGateway, (app) => new WsAdapter(app));
