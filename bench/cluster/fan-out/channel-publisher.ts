import { GlobalChannelService, ServerRegistry } from 'nestjs-pomelo';
import { nats } from 'nestjs-pomelo/nats';
import { startServer } from '../app/start-server.js';
import { serveParent } from '../../process/serve-parent.js';
import { CHANNEL, NAMESPACE } from './channel.js';
import { FAN_OUT_BYTES, type PublisherApi } from './fan-out-engine.js';
import { fanOutSettings } from './fan-out-settings.js';
import { publishInTurns } from './publish-in-turns.js';

const { natsUrl, name, receivers } = fanOutSettings();
const app = await startServer({
  server: { id: name, types: ['chat'], namespace: NAMESPACE },
  cluster: nats({ servers: natsUrl }),
});
const known = app.get(ServerRegistry).byType('connector').length;
if (known !== receivers) throw new Error(`${known} of ${receivers} frontends are known`);
const channels = app.get(GlobalChannelService);
const body = Buffer.alloc(FAN_OUT_BYTES, 'x').toString();
serveParent<PublisherApi>({
  publish: (messages, aTurn) =>
    publishInTurns(messages, aTurn, () => channels.pushMessage(CHANNEL, 'onNews', body)),
});
