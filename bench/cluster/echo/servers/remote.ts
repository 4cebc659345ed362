import { nats } from 'nestjs-pomelo/nats';
import { startServer } from '../../app/start-server.js';
import { serveParent } from '../../../process/serve-parent.js';
import { EchoRemote, ECHO_SERVER } from '../echo.remote.js';
import type { EchoServerApi } from '../echo-engine.js';
import { echoSettings } from '../echo-settings.js';

const { address, engine } = echoSettings();
const server = { id: ECHO_SERVER, types: ['echo'], namespace: engine };
await startServer({ server, cluster: nats({ servers: address }) }, [EchoRemote]);
serveParent<EchoServerApi>({ address: () => address });
