import { Body } from '@nestjs/common';
import { Handler } from 'nestjs-pomelo';
import { nats } from 'nestjs-pomelo/nats';
import { startServer } from '../../app/start-server.js';
import { serveParent } from '../../../process/serve-parent.js';
import { ECHO_SERVER } from '../echo.remote.js';
import type { EchoServerApi } from '../echo-engine.js';
import { echoSettings } from '../echo-settings.js';

@Handler('echo.echoHandler')
class EchoHandler {
  @Handler() echo(@Body() body: unknown): unknown {
    return body;
  }
}

const { address, engine } = echoSettings();
const server = { id: ECHO_SERVER, types: ['echo'], namespace: engine };
await startServer({ server, cluster: nats({ servers: address }) }, [EchoHandler]);
serveParent<EchoServerApi>({ address: () => address });
