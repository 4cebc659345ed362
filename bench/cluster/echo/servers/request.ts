import { connect } from '@nats-io/transport-node';
import { serveParent } from '../../../process/serve-parent.js';
import type { EchoServerApi } from '../echo-engine.js';
import { echoSettings } from '../echo-settings.js';

const { address, engine } = echoSettings();
const connection = await connect({ servers: address });
connection.subscribe(`bench.${engine}`, { callback: (_error, msg) => void msg.respond(msg.data) });
await connection.flush();
serveParent<EchoServerApi>({ address: () => address });
