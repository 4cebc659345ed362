import { GlobalChannelService, SessionService } from 'nestjs-pomelo';
import { nats } from 'nestjs-pomelo/nats';
import { silentClients } from '../app/in-process.connector.js';
import { startServer } from '../app/start-server.js';
import { serveParent } from '../../process/serve-parent.js';
import { CHANNEL, NAMESPACE } from './channel.js';
import type { ReceiversApi } from './fan-out-engine.js';
import { fanOutSettings } from './fan-out-settings.js';
import { ReceiverCounts } from './receiver-counts.js';

const { natsUrl, name, receivers } = fanOutSettings();
const counts = new ReceiverCounts();
for (let index = 0; index < receivers; index += 1) {
  const connector = silentClients();
  const id = `${name}-${index}`;
  const app = await startServer({
    server: { id, types: ['connector'], namespace: NAMESPACE },
    cluster: nats({ servers: natsUrl }),
    connectors: [connector],
  });
  // A member on each frontend: what reaches it has reached the frontend.
  const { session } = connector.connect(counts.add());
  await app.get(SessionService).bind(session, id);
  await app.get(GlobalChannelService).add(CHANNEL, session);
}
serveParent<ReceiversApi>({ haveGot: (messages) => counts.haveGot(messages) });
