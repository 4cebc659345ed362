import { connect } from '@nats-io/transport-node';
import { echoSettings } from '../echo-settings.js';
import { serveLoad } from '../load.js';

const { address, engine } = echoSettings();
// By default nats.js keeps the stack of every request, for the case that it fails.
const connection = await connect({ servers: address, noAsyncTraces: engine === 'untraced' });
serveLoad(async (body) => (await connection.request(`bench.${engine}`, body)).data);
