import { nats } from 'nestjs-pomelo/nats';
import { startServer } from '../../app/start-server.js';
import { EchoCaller } from '../echo.remote.js';
import { echoSettings } from '../echo-settings.js';
import { serveLoad } from '../load.js';

const { address, engine } = echoSettings();
const server = { id: 'caller-1', types: ['caller'], namespace: engine };
const app = await startServer({ server, cluster: nats({ servers: address }) }, [EchoCaller]);
serveLoad(app.get(EchoCaller).echo);
