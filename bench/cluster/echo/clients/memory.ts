import { memory } from 'nestjs-pomelo';
import { startServer } from '../../app/start-server.js';
import { EchoCaller, EchoRemote, ECHO_SERVER } from '../echo.remote.js';
import { serveLoad } from '../load.js';

const cluster = memory();
await startServer({ server: { id: ECHO_SERVER, types: ['echo'] }, cluster }, [EchoRemote]);
const app = await startServer({ server: { id: 'caller-1', types: ['caller'] }, cluster }, [EchoCaller]);
serveLoad(app.get(EchoCaller).echo);
